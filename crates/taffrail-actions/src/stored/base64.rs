//! Base64 as the API writes bytes.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Returns bytes as text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let at = usize::try_from(bits >> (18 - 6 * digit) & 63).unwrap_or(0);
            text.push(if digit <= group.len() as u32 {
                char::from(DIGITS.get(at).copied().unwrap_or(b'='))
            } else {
                '='
            });
        }
    }
    text
}

/// Returns whether a text is the base64 of some bytes. Line breaks may stand in it.
pub(super) fn is_valid(text: &str) -> bool {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .collect();
    let padding = digits
        .iter()
        .rev()
        .take_while(|digit| **digit == b'=')
        .count();
    let body = digits.get(..digits.len().saturating_sub(padding));
    digits.len().is_multiple_of(4)
        && padding <= 2
        && body.is_some_and(|body| body.iter().all(|digit| DIGITS.contains(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_with_padding() {
        for (bytes, text) in [
            ("", ""),
            ("a", "YQ=="),
            ("ab", "YWI="),
            ("app", "YXBw"),
            ("example-old", "ZXhhbXBsZS1vbGQ="),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert!(is_valid(text));
        }
        assert!(!is_valid("***not base64***"));
        assert!(!is_valid("YQ="));
    }
}
