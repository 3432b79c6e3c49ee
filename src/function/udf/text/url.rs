//! URLs: their parts, and what they may hold.

use ::url::Url;
use datafusion::common::Result;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Condition, Error};
use crate::function::udf::rows::{Row, row_functions};

row_functions! {
    URL_ENCODE "spark_url_encode" Always Skip String, |row| {
        Ok(Some(utf8_percent_encode(row.text(0), FORM).to_string().replace("%20", "+")))
    };
    URL_DECODE "spark_url_decode" Always Skip String, |row| match decoded(row.text(0)) {
        Some(text) => Ok(Some(text)),
        None => Err(Error::analysis(
            Condition::CANNOT_DECODE_URL, [("url", row.text(0).to_owned())],
        ).into()),
    };
    TRY_URL_DECODE "spark_try_url_decode" Always Skip String, |row| Ok(decoded(row.text(0)));
    PARSE_URL "spark_parse_url" Always Skip String, |row| parsed(row, true);
    TRY_PARSE_URL "spark_try_parse_url" Always Skip String, |row| parsed(row, false);
}

/// What forms leave as it is, beside letters and digits.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// None if a percent sign is not followed by two digits.
fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let complete = spaced.match_indices('%').all(|(at, _)| {
        spaced.get(at + 1..at + 3).is_some_and(|code| code.chars().all(|c| c.is_ascii_hexdigit()))
    });
    complete.then(|| percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

/// The parts of a text that is a URI by Java's rules.
struct Parts<'a> {
    text: &'a str,
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    /// None if what follows the scheme is no path.
    path: Option<&'a str>,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let legal = |c: char| !(c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c));
        if !text.chars().all(legal) {
            return None;
        }
        let (rest, fragment) = split_off(text, '#');
        let (rest, query) = split_off(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]).filter(|a| !a.is_empty()), &rest[end..])
            }
            None => (None, rest),
        };
        let opaque = scheme.is_some() && authority.is_none() && !path.starts_with('/');
        // What Url cannot read either is malformed.
        if scheme.is_some() && !opaque && authority.is_some() && Url::parse(text).is_err() {
            return None;
        }
        let path = Some(path).filter(|_| !opaque);
        Some(Self { text, scheme, authority, path, query, fragment })
    }

    fn host(&self) -> Option<&'a str> {
        let authority = self.authority?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => Some(name),
            _ => Some(host),
        }
    }

    fn get(&self, part: &str) -> Option<String> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        match part {
            "HOST" => owned(self.host()),
            "PATH" => owned(self.path),
            "QUERY" => owned(self.query),
            "REF" => owned(self.fragment),
            "PROTOCOL" => owned(self.scheme),
            "FILE" => self.path.map(|path| match self.query {
                Some(query) => format!("{path}?{query}"),
                None => path.to_owned(),
            }),
            "AUTHORITY" => owned(self.authority),
            "USERINFO" => {
                owned(self.authority.and_then(|a| a.rsplit_once('@')).map(|(user, _)| user))
            }
            _ => None,
        }
        .filter(|_| !self.text.is_empty())
    }
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_scheme(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// A part of a URL, or a parameter of its query.
fn parsed(row: &Row<'_>, strict: bool) -> Result<Option<String>> {
    let Some(parts) = Parts::of(row.text(0)) else {
        if strict {
            let url = row.text(0).to_owned();
            return Err(Error::analysis(Condition::INVALID_URL, [("url", url)]).into());
        }
        return Ok(None);
    };
    if row.len() < 3 {
        return Ok(parts.get(row.text(1)));
    }
    if row.text(1) != "QUERY" {
        return Ok(None);
    }
    let key = row.text(2);
    let pairs = parts.query.unwrap_or_default().split('&');
    let value = pairs.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key);
    Ok(value.map(|(_, value)| value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_java() {
        let parts = Parts::of("http://user@spark.apache.org:80/path/p.php?query=1&k=2#Ref");
        let get = |name: &str| parts.as_ref().and_then(|parts| parts.get(name));
        assert_eq!(get("HOST").as_deref(), Some("spark.apache.org"));
        assert_eq!(get("FILE").as_deref(), Some("/path/p.php?query=1&k=2"));
        assert_eq!(get("REF").as_deref(), Some("Ref"));
        assert_eq!(get("USERINFO").as_deref(), Some("user"));
        assert!(Parts::of("x y").is_none());
    }
}
