def growth(arguments):
    yield from ()


def country(arguments):
    yield from ()
