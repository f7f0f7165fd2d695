"""A position in a document, also within a text that does not stand there letter by letter."""

from rules.language.mistakes import Place


def test_a_text_on_two_lines_is_followed_however_one_gets_there():
    # the text begins at 3:10; its fourth character stands at 4:5, its eighth at 5:2
    text = Place("f", 3, 10, ((3, 4, 5), (7, 5, 2)))
    placed = {characters: str(text.shifted(characters)) for characters in (0, 2, 3, 5, 7, 9)}
    assert placed == {0: "f:3:10", 2: "f:3:12", 3: "f:4:5", 5: "f:4:7", 7: "f:5:2", 9: "f:5:4"}
    for first in range(10):
        for then in range(10 - first):
            assert text.shifted(first).shifted(then) == text.shifted(first + then)
