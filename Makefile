# Every target is one script; CI calls the same ones. Arguments: make test ARGS="-k book"
.PHONY: run test lint format bench install clean clause-check

run:     ; @scripts/run $(ARGS)
test:    ; @scripts/test $(ARGS)
lint:    ; @scripts/lint
format:  ; @scripts/format
bench:   ; @scripts/bench $(ARGS)
install: ; @scripts/install
clean:   ; @scripts/clean
clause-check: install ; @.venv/bin/python scripts/clause_check.py $(ARGS)
