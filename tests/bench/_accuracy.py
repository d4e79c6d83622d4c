def accuracy(arguments):
    yield from ()


def country(arguments):
    yield from ()
