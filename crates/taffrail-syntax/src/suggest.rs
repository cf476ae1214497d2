//! The nearest of several names, for "did you mean".

/// Returns the candidate that a word was most likely meant to be, `None` when none is near. Of equally near ones the
/// first in alphabetical order is taken, so the order of the candidates does not matter.
pub fn nearest<'name>(
    word: &str,
    candidates: impl IntoIterator<Item = &'name str>,
) -> Option<&'name str> {
    let length = word.chars().count();
    let limit = match length {
        0..=1 => return None,
        2..=4 => 1,
        5..=7 => 2,
        _ => (length / 3).min(4),
    };
    let mut best: Option<(usize, &'name str)> = None;
    for candidate in candidates {
        if candidate == word || candidate.chars().count().abs_diff(length) > limit {
            continue;
        }
        let distance = distance(word, candidate);
        // A change of every letter is a different word, not a slip.
        let near = distance <= limit && distance < length.min(candidate.chars().count());
        if near && best.is_none_or(|found| (distance, candidate) < found) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns how many letters must be inserted, deleted, changed or swapped with their neighbour; upper and lower case
/// of a letter count as the same.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    // Three rows of the table suffice: a swap of neighbours looks two rows back.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let change = at(&above, column) + usize::from(letter != other);
            let mut least = change
                .min(at(&above, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped = row > 0
                && column > 0
                && left.get(row - 1) == Some(other)
                && right.get(column - 1) == Some(letter);
            if swapped {
                least = least.min(at(&before, column - 1) + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn swapped_letters_are_one_slip() {
        assert_eq!(nearest("gaurd", ["grant", "guard"]), Some("guard"));
    }

    #[test]
    fn a_different_word_is_not_suggested() {
        assert_eq!(nearest("replicas", ["namespace", "verb"]), None);
    }

    #[test]
    fn ties_go_to_the_first_in_the_alphabet_whatever_the_order() {
        assert_eq!(nearest("cat", ["cut", "cot"]), Some("cot"));
        assert_eq!(nearest("cat", ["cot", "cut"]), Some("cot"));
    }

    #[test]
    fn case_alone_is_a_near_name() {
        assert_eq!(nearest("deployment", ["Deployment"]), Some("Deployment"));
    }
}
