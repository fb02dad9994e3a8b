"""Another boot of the machine: only what was synced is sure (architecture, Delivery)."""

import pytest

from kase_fix.gateway import boot
from kase_fix.gateway.cursor import BEFORE_ALL, Cursor
from kase_fix.gateway.store import jump_ahead


@pytest.fixture
def boot_id(tmp_path):
    path = tmp_path / "boot_id"
    path.write_text("one\n", encoding="ascii")
    return path


def test_another_boot_is_told_from_the_same_and_from_a_fresh_directory(tmp_path, boot_id):
    data = tmp_path / "fix"
    assert not boot.is_another(data, boot_id)
    boot.note(data, boot_id)
    assert not boot.is_another(data, boot_id)
    boot_id.write_text("two\n", encoding="ascii")
    assert boot.is_another(data, boot_id)
    boot.note(data, boot_id)
    assert not boot.is_another(data, boot_id)


def test_after_another_boot_a_cursor_stands_where_it_was_synced(tmp_path):
    def cursor(**more):
        return Cursor(tmp_path / "cursors" / "FIRMA", tmp_path / "store" / "FIRMA", **more)

    one = cursor()
    one.advance((5, 0, "0"))
    assert cursor(another_boot=True).position == BEFORE_ALL
    one = cursor()
    one.advance((6, 0, "0"))
    one.sync()
    one.advance((7, 1, "B"))
    one.close()
    assert cursor().position == (7, 1, "B")
    again = cursor(another_boot=True)
    assert again.position == (6, 0, "0")
    again.advance((8, 0, "0"))
    assert cursor().position == (8, 0, "0")


def test_a_second_start_behind_another_boot_knows_what_the_first_knew(tmp_path):
    """What a store had behind the note may have reached nobody, and a Logon with 141=Y empties it."""
    store = tmp_path / "store"
    store.mkdir()
    stored = b"8=FIX.4.4\x0135=8\x01527=7-1-B\x0110=000\x01"
    (store / "FIRMA.body").write_bytes(stored)
    (store / "FIRMA.header").write_text(f"5,0,{len(stored)} ", encoding="ascii")
    (store / "FIRMA.seqnums").write_text(f"{6:020d} : {1:020d}", encoding="ascii")

    def cursor(**more):
        return Cursor(tmp_path / "cursors" / "FIRMA", store / "FIRMA", **more)

    one = cursor()
    assert one.position == (7, 1, "B")
    one.advance((6, 0, "0"))
    one.sync()
    one.advance((7, 1, "B"))
    one.close()
    cursor(another_boot=True).close()
    assert jump_ahead(store / "FIRMA", boot.JUMP)
    again = cursor()
    assert (again.position, again.damaged) == ((6, 0, "0"), True)
    (store / "FIRMA.body").write_bytes(stored + stored.replace(b"7-1-B", b"9-1-B"))
    number = 6 + boot.JUMP
    with (store / "FIRMA.header").open("a", encoding="ascii") as header:
        header.write(f"{number},{len(stored)},{len(stored)} ")
    (store / "FIRMA.seqnums").write_text(f"{number + 1:020d} : {1:020d}", encoding="ascii")
    again.advance((9, 1, "B"))
    assert cursor().position == (9, 1, "B")


def test_all_cursors_are_synced_and_one_that_cannot_be_costs_no_other(tmp_path):
    class Broken:
        asked = 0

        def sync(self):
            self.asked += 1
            raise OSError

    cursor = Cursor(tmp_path / "cursors" / "FIRMA", tmp_path / "FIRMA")
    cursor.advance((3, 0, "0"))
    broken = Broken()
    syncing = boot.Syncing([broken, cursor])
    syncing.sync()
    syncing.sync()
    assert broken.asked == 1, "its second sync would succeed and vouch for pages that are lost (fsync(2))"
    assert Cursor(tmp_path / "cursors" / "FIRMA", tmp_path / "FIRMA", another_boot=True).position == (3, 0, "0")


def test_numbers_jump_where_any_were_given(tmp_path):
    store = tmp_path / "FIRMA"
    assert not jump_ahead(store, 1000)
    numbers = tmp_path / "FIRMA.seqnums"
    for before, after in (((1, 1), (1, 1)), ((7, 9), (1007, 9))):
        numbers.write_text("{:020d} : {:020d}".format(*before), encoding="ascii")
        jump_ahead(store, 1000)
        assert numbers.read_text(encoding="ascii") == "{:020d} : {:020d}".format(*after)


def test_the_mark_stands_in_the_header():
    assert boot.possibly_received("35=8\x0137=N_1\x01") == "35=8\x0197=Y\x0137=N_1\x01"
