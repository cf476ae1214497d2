//! Where a list goes on: the tokens of `continue`, which are opaque to clients.

use serde_json::{Value as Json, json};

/// What a token says.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) version: u64,
    /// Namespace and name of the last object before.
    pub(crate) after: (String, String),
}

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(crate) fn read(token: &str) -> Option<Page> {
    let value: Json = serde_json::from_slice(&decode(token)?).ok()?;
    let start = value["start"].as_str()?.trim_end_matches('\0');
    let (namespace, name) = start.rsplit_once('/')?;
    Some(Page {
        version: value["rv"].as_u64()?,
        after: (namespace.to_owned(), name.to_owned()),
    })
}

pub(crate) fn write(version: u64, after: &(String, String)) -> String {
    let start = format!("{}/{}\0", after.0, after.1);
    let value = json!({ "v": "meta.k8s.io/v1", "rv": version, "start": start });
    encode(value.to_string().as_bytes())
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let at = |place: usize| group.get(place).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..=group.len() {
            let index = (bits >> (18 - 6 * place)) & 63;
            let sign = SIGNS.get(index as usize).copied().unwrap_or(b'A');
            text.push(char::from(sign));
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut count = 0;
    for sign in text.trim_end_matches('=').bytes() {
        let index = SIGNS.iter().position(|known| *known == sign)?;
        bits = (bits << 6) | u32::try_from(index).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 255).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn a_token_is_read_as_it_was_written() {
        for name in ["a", "ab", "abc", "page-10"] {
            let after = ("shop".to_owned(), name.to_owned());
            let page = read(&write(7, &after)).unwrap();
            assert_eq!((page.version, page.after), (7, after));
        }
        assert!(read("AAAA").is_none());
    }
}
