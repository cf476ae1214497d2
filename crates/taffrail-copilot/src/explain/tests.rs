//! Cutting.

use super::cut;

#[test]
fn a_text_is_cut_between_words_where_it_can_be() {
    assert_eq!(cut("short", 5), "short");
    assert_eq!(cut("one two three", 8), "one two…");
    assert_eq!(cut("one two, three", 10), "one two…");
    assert_eq!(cut("one two three", 9), "one two…");
    assert_eq!(cut("unbreakable", 6), "unbre…");
    assert_eq!(cut("a unbreakable", 8), "a unbre…");
    assert_eq!(cut("𝕏𝕏𝕏𝕏", 3), "𝕏𝕏…");
}
