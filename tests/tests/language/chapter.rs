//! A chapter as blocks: prose, and fenced examples.

/// A piece of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// Lines outside of fences.
    Prose(String),
    /// A fenced block.
    Fence(Fence),
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence {
    /// The words after the opening fence.
    pub(crate) info: String,
    /// The lines between the fences, each with its line break.
    pub(crate) body: String,
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
}

impl Fence {
    /// Returns the first word after the opening fence.
    pub(crate) fn kind(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or_default()
    }

    /// Tells whether a word stands after the opening fence.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.info.split_whitespace().any(|other| other == word)
    }

    /// Returns the name after `file=`.
    pub(crate) fn file(&self) -> Option<&str> {
        self.info
            .split_whitespace()
            .find_map(|word| word.strip_prefix("file="))
    }
}

/// Splits a chapter.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut prose = String::new();
    let mut fence: Option<Fence> = None;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        match (&mut fence, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(fence.take().map(Block::Fence)),
            (Some(open), None) => open.body.push_str(line),
            (None, Some(info)) => {
                blocks.push(Block::Prose(std::mem::take(&mut prose)));
                fence = Some(Fence {
                    info: info.trim_end().to_owned(),
                    body: String::new(),
                    line: at + 1,
                });
            }
            (None, None) => prose.push_str(line),
        }
    }
    blocks.push(Block::Prose(prose));
    blocks
}

/// Puts blocks together again.
pub(crate) fn text(blocks: &[Block]) -> String {
    blocks
        .iter()
        .map(|block| match block {
            Block::Prose(prose) => prose.clone(),
            Block::Fence(fence) => format!("```{}\n{}```\n", fence.info, fence.body),
        })
        .collect()
}
