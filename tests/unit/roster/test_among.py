from __future__ import annotations

from sqlalchemy import select

from outreach.roster import among
from outreach.storage.tables import person
from tests.unit.roster.rosters import people, take


def test_people_are_found_among_many_by_id_or_number_whatever_the_ids_look_like(database):
    take(database, [*people(3), {"person_id": "a'b\"c,{}\\%s:x", "status": "active"}])
    with database.reading() as connection:
        ids = among.texts(connection, ["1", "a'b\"c,{}\\%s:x", "99"])
        found = connection.execute(select(person.c.id, person.c.person_id).where(person.c.person_id.in_(ids))).all()
        assert {one.person_id for one in found} == {"1", "a'b\"c,{}\\%s:x"}
        numbers = among.numbers(connection, {one.id for one in found})
        assert len(connection.execute(select(person.c.id).where(person.c.id.in_(numbers))).all()) == 2
        assert connection.execute(select(person.c.id).where(person.c.id.in_(among.numbers(connection, [])))).all() == []


def test_more_values_than_a_database_takes_parameters_are_no_trouble(database):
    take(database, people(3))
    with database.reading() as connection:
        ids = among.texts(connection, map(str, range(100_000)))
        assert len(connection.execute(select(person.c.id).where(person.c.person_id.in_(ids))).all()) == 3


def test_the_numbers_of_each_group_come_in_one_value_and_are_asked_by_it(database):
    take(database, [{"person_id": str(n), "status": "retired" if n == 2 else "active"} for n in range(3)])
    dialect = database.dialect
    with database.reading() as connection:
        listed = select(person.c.status, among.listed(dialect, person.c.id)).group_by(person.c.status)
        given = select(person.c.person_id).where(person.c.id.in_(among.numbers_given(dialect, "ids")))
        for status, value in connection.execute(listed).all():
            known = select(person.c.person_id).where(person.c.id.in_(among.numbers_listed(connection, value)))
            found = sorted(connection.scalars(known))
            assert found == {"active": ["0", "1"], "retired": ["2"]}[status]
            assert sorted(connection.scalars(given, {"ids": value})) == found


def test_the_numbers_of_nothing_are_none(database):
    take(database, people(1))
    with database.reading() as connection:
        none = connection.scalar(select(among.listed(database.dialect, person.c.id)).where(person.c.person_id == "99"))
        found = select(person.c.id).where(person.c.id.in_(among.numbers_listed(connection, none)))
        assert connection.execute(found).all() == []
