from sqlalchemy import create_engine, make_url, text


def test_a_new_database_takes_a_chinese_name_and_gives_it_back(database_url):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE payee (name VARCHAR(40))"))
        connection.execute(text("INSERT INTO payee VALUES ('䶮𠮷')"))
        assert connection.execute(text("SELECT name FROM payee")).scalar_one() == "䶮𠮷"
    engine.dispose()


def test_postgresql_is_15_or_newer(postgres_url):
    engine = create_engine(postgres_url)
    assert make_url(postgres_url).drivername == "postgresql+psycopg"
    with engine.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    assert version >= 150_000
    engine.dispose()
