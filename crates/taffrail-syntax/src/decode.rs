//! From bytes to text.

use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

/// Bytes that are not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUtf8 {
    /// Where the first bad byte stands; everything before it is sound.
    pub offset: usize,
    /// The bad byte.
    pub byte: u8,
    /// The text with a replacement character for what is bad, so that the place can be shown.
    pub lossy: String,
}

impl NotUtf8 {
    /// Returns the error for a source that holds [`NotUtf8::lossy`].
    #[must_use]
    pub fn diagnostic(&self, source: SourceId) -> Diagnostic {
        let width = char::REPLACEMENT_CHARACTER.len_utf8();
        let span = Span::new(self.offset, self.offset + width);
        let message = format!(
            "the byte 0x{:02X} at offset {} is not UTF-8",
            self.byte, self.offset
        );
        Diagnostic::error("invalid-utf8", Location { source, span }, message)
            .hint("save the file as UTF-8")
    }
}

/// Returns bytes as text.
///
/// # Errors
///
/// Returns the place of the first byte that is not UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotUtf8> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        NotUtf8 {
            offset,
            byte: bytes.get(offset).copied().unwrap_or(0),
            lossy: String::from_utf8_lossy(bytes).into_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::span::SourceId;

    #[test]
    fn the_first_bad_byte_is_named() {
        let error = decode(b"policy \xff".to_vec()).unwrap_err();
        assert_eq!((error.offset, error.byte), (7, 0xff));
        let diagnostic = error.diagnostic(SourceId(0));
        assert_eq!(diagnostic.message, "the byte 0xFF at offset 7 is not UTF-8");
        let span = diagnostic.labels[0].location.span;
        let shown = error.lossy.get(span.start as usize..span.end as usize);
        assert_eq!(shown, Some("\u{fffd}"));
    }
}
