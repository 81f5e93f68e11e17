"""A plan as a table and as a tree, letter by letter."""

from __future__ import annotations

from distrorocks.install.plan_text import notes, table, tree
from distrorocks.install.step import Beside, InstallRock, KeepRock, RefuseRock
from distrorocks.rocks.quotation import columns
from tests.install.planned import mixed, planned
from tests.resolve.world import World

TABLE = """\
STEP     ROCK       VERSION  WHERE                                 NEEDED BY
keep     lua        5.4-1    provided by Lua or the configuration  app, leaf, lpeg, luasocket
keep     lpeg       1.0.2-1  /usr (lua-lpeg)                       app, leaf
install  leaf       2.1-1    https://rocks.example -> /usr/local   app
suggest  luasocket  3.0-1    apt install lua-luasocket             app
install  app        1.0-1    https://rocks.example -> /usr/local   (requested)

  leaf: not installed in any consulted tree
  app: not installed in any consulted tree
  `apt install lua-luasocket` satisfies luasocket"""

TREE = """\
app: 1.0-1, install https://rocks.example -> /usr/local
  lua >= 5.1: 5.4-1, keep provided by Lua or the configuration
  lpeg >= 1.0: 1.0.2-1, keep /usr (lua-lpeg)
    lua: 5.4-1, keep provided by Lua or the configuration
  luasocket: 3.0-1, suggest apt install lua-luasocket
    lua: 5.4-1, keep provided by Lua or the configuration
  leaf ~> 2: 2.1-1, install https://rocks.example -> /usr/local
    lua: 5.4-1, keep provided by Lua or the configuration
    lpeg: 1.0.2-1, keep /usr (lua-lpeg) (see above)"""


def test_a_plan_is_a_table() -> None:
    """Columns as wide as what stands in them, and below it what no column holds."""
    world = mixed()
    (lpeg,) = world.listed["lpeg"]
    plan = planned(world, "app", packages={lpeg: "lua-lpeg"})
    assert "\n".join([*table(plan), "", *notes(plan)]) == TABLE
    assert all(line == line.rstrip() for line in table(plan))


NARROW = """\
STEP     ROCK       VERSION
keep     lua        5.4-1
    provided by Lua or the configuration, needed by app, leaf, lpeg, luasocket
keep     lpeg       1.0.2-1
    /usr (lua-lpeg), needed by app, leaf
install  leaf       2.1-1
    https://rocks.example -> /usr/local, needed by app
suggest  luasocket  3.0-1
    apt install lua-luasocket, needed by app
install  app        1.0-1
    https://rocks.example -> /usr/local, requested"""


def test_a_table_without_room_has_its_long_cells_on_lines_of_their_own() -> None:
    """Columns stay aligned, and nothing is left out; with room it is the table that it is."""
    world = mixed()
    (lpeg,) = world.listed["lpeg"]
    plan = planned(world, "app", packages={lpeg: "lua-lpeg"})
    widest = max(map(columns, table(plan)))
    assert table(plan, widest) == table(plan)
    assert "\n".join(table(plan, widest - 1)) == NARROW


def test_columns_stand_below_each_other_whatever_the_width_of_characters() -> None:
    """A path in Japanese takes two columns for each character, and the next column begins alike."""
    lines = table(planned(mixed(), "app", target="/home/私/ロック"))
    begin = columns(lines[0][: lines[0].index("NEEDED BY")])
    (app,) = [each for each in lines if "(requested)" in each]
    (leaf,) = [each for each in lines if each.startswith("install  leaf")]
    assert columns(app[: app.index("(requested)")]) == begin
    assert columns(leaf[: leaf.rindex("app")]) == begin


def test_a_plan_is_a_tree() -> None:
    """Each dependency is on a line below its dependent; a rock's dependencies are listed once."""
    world = mixed()
    (lpeg,) = world.listed["lpeg"]
    plan = planned(world, "app", packages={lpeg: "lua-lpeg"})
    assert "\n".join(tree(plan)) == TREE


def test_a_cycle_ends() -> None:
    """In the tree it points up, under the table it is named."""
    plan = planned(World().server("a 1-1", "b").server("b 1-1", "a >= 1"), "a")
    assert [line.strip() for line in tree(plan)] == [
        "a: 1-1, install https://rocks.example -> /usr/local",
        "b: 1-1, install https://rocks.example -> /usr/local",
        "a >= 1: 1-1, install https://rocks.example -> /usr/local (see above)",
    ]
    assert "  b and a depend on each other: b is installed first" in notes(plan)


def test_many_who_need_are_counted() -> None:
    """A column does not grow without end."""
    world = World().server("leaf 1-1")
    for number in range(7):
        world.server(f"r{number} 1-1", "leaf")
    plan = planned(world, *(f"r{number}" for number in range(7)))
    assert table(plan)[1].endswith("r0, r1, r2, r3 and 3 more")


def test_a_long_chain_is_reported_whole() -> None:
    """The tree is printed however deep dependencies go."""
    world = World()
    for number in range(1500):
        world.server(f"r{number} 1-1", f"r{number + 1}")
    world.server("r1500 1-1")
    assert len(tree(planned(world, "r0"))) == 1501


def test_packages_are_named_in_one_command() -> None:
    """Those that are counted on, and those that would do in place of rocks."""
    world = World().server("app 1-1", "one", "two", "three", "four")
    world.distro("one 1-1").distro("two 1-1")
    for name in ("three", "four"):
        world.server(f"{name} 1-1")
    plan = planned(world, "app")
    assert notes(plan)[-1] == "  `apt install lua-one lua-two` satisfies one, two"
    assert (plan.needed_command, plan.other_command) == ("apt install lua-one lua-two", "")
    installs = [
        step._replace(packages=(f"lua-{step.candidate.name}", "lua-more"))
        if isinstance(step, InstallRock) and step.candidate.name != "app"
        else step
        for step in plan.steps
    ]
    lines = notes(plan._replace(steps=tuple(installs), package_command="dnf install"))
    assert lines[-2:] == [
        "  `dnf install lua-one lua-two` satisfies one, two",
        "  `dnf install lua-four lua-three` would satisfy four, three too",
    ]
    assert "  four: any of the packages lua-four, lua-more would satisfy this too" in lines


def test_a_package_that_is_installed_needs_a_refresh_and_no_apt() -> None:
    """Who ran what was advised is not told the same again."""
    world = World().server("app 1-1", "one", "two").distro("one 1-1").distro("two 1-1")
    plan = planned(world, "app", unpublished=frozenset(["lua-one"]))
    assert plan.needed_command == "apt install lua-two && distrorocks refresh"
    assert "suggest  one   1-1      distrorocks refresh" in "\n".join(table(plan))
    plan = planned(world, "app", unpublished=frozenset(["lua-one", "lua-two"]))
    assert plan.needed_command == "distrorocks refresh"
    plan = planned(world, "app", has_hooks=False)
    assert plan.needed_command == "apt install lua-one lua-two && distrorocks refresh"


def test_what_no_column_holds_is_a_note() -> None:
    """Of each step in their order: what goes, stays, is newer or refused, and why."""
    plan = planned(
        World().server("a 1-1").server("b 1-1").installed("c 1-1").server("d 1-1"), *"abcd"
    )
    a, b, c, d = plan.steps
    assert isinstance(a, InstallRock)
    assert isinstance(c, KeepRock)
    changed = (
        a._replace(replaces=("0.1-1", "0.2-1"), beside=(Beside("0.3-1", "x 1-1"),)),
        RefuseRock(b.candidate, "/usr", (), "it is theirs", "ask them"),
        c._replace(newer="2-1"),
        d,
    )
    assert notes(plan._replace(steps=changed, left_out=("e",))) == [
        "  a: not installed in any consulted tree",
        "  a: 0.1-1 in /usr/local is removed",
        "  a: 0.2-1 in /usr/local is removed",
        "  a: 0.3-1 is kept in /usr/local: x 1-1 needs it",
        "  b: it is theirs; ask them",
        "  c: 2-1 is newer, and the installed one is kept: see --prefer=newest",
        "  d: not installed in any consulted tree",
        "  e: not installed itself, only its dependencies",
    ]


def test_a_rock_that_is_left_out_is_in_the_tree() -> None:
    """With what it needs, which is installed; a namespace is part of a name in the table."""
    world = World().server("a 1-1", "me/b >= 1").server("me/b 1-1")
    plan = planned(world, "a", only_dependencies=True)
    assert tree(plan) == [
        "a: not installed itself",
        "  me/b >= 1: 1-1, install https://rocks.example -> /usr/local",
    ]
    assert table(plan)[1].split()[:3] == ["install", "me/b", "1-1"]


def test_one_alternative_package_is_not_told_twice() -> None:
    """The command below has it; and four who need a rock are all named."""
    world = World().server("leaf 1-1")
    for number in range(4):
        world.server(f"r{number} 1-1", "leaf")
    plan = planned(world, *(f"r{number}" for number in range(4)))
    assert table(plan)[1].endswith("r0, r1, r2, r3")
    leaf = plan.steps[0]
    assert isinstance(leaf, InstallRock)
    lines = notes(plan._replace(steps=(leaf._replace(packages=("lua-leaf",)),)))
    assert lines == [
        "  leaf: not installed in any consulted tree",
        "  `apt install lua-leaf` would satisfy leaf too",
    ]
