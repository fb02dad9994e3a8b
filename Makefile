# Every target is one script; CI calls the same ones. Arguments: make test ARGS="-k book"
.PHONY: run test lint format bench soak fuzz install clean clause-check

run:     ; @scripts/run $(ARGS)
test:    ; @scripts/test $(ARGS)
lint:    ; @scripts/lint
format:  ; @scripts/format
bench:   ; @scripts/bench $(ARGS)
soak:    install ; @.venv/bin/python -m scripts.soak --crashes $(or $(CRASHES),200) $(ARGS)
fuzz:    install ; @.venv/bin/python -m scripts.fuzz --messages $(or $(MESSAGES),1000000) $(ARGS)
install: ; @scripts/install
clean:   ; @scripts/clean
clause-check: install ; @.venv/bin/python scripts/clause_check.py $(ARGS)
