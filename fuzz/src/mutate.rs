//! Changes a text word by word or line by line.

/// Words that may stand anywhere, so that a text gains what it did not have.
const WORDS: &str = include_str!("../dictionaries/guard.dict");

/// Changes a text in place and returns its new length; `None` leaves the change to the fuzzer's own ways.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> Option<usize> {
    let mut random = Random(u64::from(seed) + 1);
    // Some changes of single bytes are wanted as well.
    if random.below(4) == 0 {
        return None;
    }
    let text = std::str::from_utf8(data.get(..size)?).ok()?;
    let mut parts = match random.below(3) {
        0 => lines(text),
        _ => words(text),
    };
    for _ in 0..=random.below(3) {
        change(&mut parts, &mut random);
    }
    let changed = parts.concat();
    let mut end = changed.len().min(max_size).min(data.len());
    while !changed.is_char_boundary(end) {
        end -= 1;
    }
    data.get_mut(..end)?.copy_from_slice(changed.get(..end)?.as_bytes());
    Some(end)
}

fn change(parts: &mut Vec<String>, random: &mut Random) {
    if parts.is_empty() {
        parts.push(word(random));
        return;
    }
    let (at, other) = (random.below(parts.len()), random.below(parts.len()));
    match random.below(6) {
        0 => parts.swap(at, other),
        1 => parts[at] = parts[other].clone(),
        2 => parts.insert(at, parts[other].clone()),
        3 => drop(parts.remove(at)),
        4 => parts[at] = word(random),
        _ => parts.insert(at, word(random)),
    }
}

/// Returns a word of the dictionary with a blank after it.
fn word(random: &mut Random) -> String {
    let words: Vec<&str> = WORDS
        .lines()
        .filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'))
        .collect();
    let word = words[random.below(words.len())].replace("\\\"", "\"");
    format!("{word} ")
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// Cuts where letters and digits meet anything else.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_word = false;
    for letter in text.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        match words.last_mut() {
            Some(word) if is_word && in_word => word.push(letter),
            Some(_) | None => words.push(letter.to_string()),
        }
        in_word = is_word;
    }
    words
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}
