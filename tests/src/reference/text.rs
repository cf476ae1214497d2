//! What texts mean: durations, instants, images, versions, address ranges, globs.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::Timestamp;
use regex::Regex;
use semver::Version;

use super::number;

/// Reads a duration such as `1h30m` in nanoseconds.
pub(crate) fn duration(text: &str) -> Option<i128> {
    let pattern = Regex::new(
        r"^(-?)(?:([0-9.]+)w)?(?:([0-9.]+)d)?(?:([0-9.]+)h)?(?:([0-9.]+)m)?(?:([0-9.]+)s)?(?:([0-9.]+)ms)?$",
    )
    .unwrap();
    let parts = pattern.captures(text)?;
    let seconds = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1_i64];
    let mut total = number::parse("0")?;
    let mut any = false;
    for (at, milliseconds) in seconds.into_iter().enumerate() {
        if let Some(part) = parts.get(at + 2) {
            let nanos = number::parse(&format!("{milliseconds}000000"))?;
            total += number::parse(part.as_str())? * nanos;
            any = true;
        }
    }
    if !any {
        return None;
    }
    let nanos = number::whole(&total)?;
    Some(if parts[1].is_empty() { nanos } else { -nanos })
}

/// Reads an instant: RFC 3339, seconds optional, or a date as its midnight in UTC.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let date = Regex::new(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$").unwrap();
    if date.is_match(text) {
        return format!("{text}T00:00:00Z").parse().ok();
    }
    let full = Regex::new(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})$").unwrap();
    let parts = full.captures(text)?;
    let seconds = parts.get(3).map_or(":00", |part| part.as_str());
    format!("{}T{}{}{}", &parts[1], &parts[2], seconds, &parts[4])
        .parse()
        .ok()
}

/// Tells whether the whole text matches a glob of `*` and `?`.
pub(crate) fn like(text: &str, glob: &str) -> bool {
    let mut pattern = String::from("(?s)^");
    let mut letters = glob.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            '\\' => pattern.push_str(&regex::escape(&letters.next().unwrap_or('\\').to_string())),
            other => pattern.push_str(&regex::escape(&other.to_string())),
        }
    }
    pattern.push('$');
    Regex::new(&pattern).unwrap().is_match(text)
}

/// Reads a version; missing parts are zero.
pub(crate) fn version(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let core = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(core);
    let mut numbers = numbers.to_owned();
    while numbers.matches('.').count() < 2 {
        numbers.push_str(".0");
    }
    Version::parse(&format!("{numbers}{rest}")).ok()
}

/// Reads an address range, or one address.
pub(crate) fn range(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(range) => Some(range.trunc()),
        Err(_) => text.parse::<std::net::IpAddr>().ok().map(IpNet::from),
    }
}

/// Reads an image reference into its parts.
pub(crate) fn image(text: &str) -> Option<BTreeMap<&'static str, String>> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (rest, None),
    };
    let (registry, path) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        _ => ("docker.io", name),
    };
    let repository = match registry {
        "docker.io" if !path.contains('/') => format!("library/{path}"),
        _ => path.to_owned(),
    };
    if repository.is_empty() || name.is_empty() {
        return None;
    }
    let mut parts = BTreeMap::from([
        ("registry", registry.to_owned()),
        ("repository", repository),
    ]);
    match (tag, digest) {
        (Some(tag), _) => drop(parts.insert("tag", tag.to_owned())),
        (None, None) => drop(parts.insert("tag", "latest".to_owned())),
        (None, Some(_)) => {}
    }
    if let Some(digest) = digest {
        parts.insert("digest", digest.to_owned());
    }
    Some(parts)
}
