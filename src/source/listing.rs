//! Which files a path means: a file, all files below a directory, or what a
//! pattern matches.

use chrono::{DateTime, Utc};
use datafusion::arrow::datatypes::{FieldRef, Schema};
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use futures::TryStreamExt as _;
use regex::Regex;

use super::partition::{self, unescaped};
use crate::error::{Condition, Error, Result};
use crate::record::Options;

/// A file, and what the folders on the way to it say about its rows.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    pub(crate) meta: ObjectMeta,
    /// Names and values of partition columns; a value that is none is NULL.
    pub(crate) partitions: Vec<(String, Option<String>)>,
}

/// Files of one store, in the order of their paths.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) store: ObjectStoreUrl,
    pub(crate) files: Vec<DataFile>,
}

/// Where a file is.
pub(crate) fn file_url(store: &ObjectStoreUrl, meta: &ObjectMeta) -> String {
    // `file:///` and the buckets of stores end in a slash.
    format!("{}{}", store.as_str(), meta.location)
}

impl Listing {
    /// The files by their URLs.
    pub(crate) fn urls(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|file| file_url(&self.store, &file.meta))
    }

    /// The columns that folders stand for, with the types that fit all their values,
    /// or those that are declared.
    ///
    /// # Errors
    /// If files are at different depths, or below folders of different names.
    pub(crate) fn columns(
        &self,
        declared: Option<&Schema>,
        infer: bool,
        time_zone: &str,
    ) -> Result<Vec<FieldRef>> {
        partition::columns(&self.files, declared, infer, time_zone)
    }
}

/// The store and the place in it that a path without patterns means.
///
/// # Errors
/// If the text is no path.
pub(crate) fn location(path: &str) -> Result<ListingTableUrl> {
    ListingTableUrl::parse(path)
        .map_err(|error| Error::invalid_plan(format!("`{path}` is no path: {error}")).at("paths"))
}

/// Which of the files below a path are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choice {
    /// Where folders of partitions begin.
    base: Option<String>,
    name: Option<Glob>,
    /// Files of all folders, whatever their names say.
    recursive: bool,
    modified_before: Option<DateTime<Utc>>,
    modified_after: Option<DateTime<Utc>>,
}

impl Choice {
    /// # Errors
    /// If an option is none.
    pub(crate) fn take(options: &mut Options, time_zone: &str) -> Result<Self> {
        let default_zone = options.clone().take("timezone");
        let zone = default_zone.as_deref().unwrap_or(time_zone);
        let mut time =
            |name: &str| options.take(name).map(|text| instant(name, &text, zone)).transpose();
        let (modified_before, modified_after) = (time("modifiedbefore")?, time("modifiedafter")?);
        options.allow_only(&[("ignorecorruptfiles", &["false"])])?;
        // Files are listed when they are read: none goes missing in between but by chance.
        options.flag("ignoremissingfiles", false)?;
        Ok(Self {
            base: options.take("basepath"),
            name: options.take("pathglobfilter").map(|text| glob(&text)).transpose()?,
            recursive: options.flag("recursivefilelookup", false)?,
            modified_before,
            modified_after,
        })
    }

    fn is_chosen(&self, meta: &ObjectMeta) -> bool {
        let name = meta.location.filename().unwrap_or_default();
        self.name.as_ref().is_none_or(|glob| glob.is_match(name))
            && self.modified_before.is_none_or(|time| meta.last_modified < time)
            && self.modified_after.is_none_or(|time| meta.last_modified > time)
    }
}

fn instant(name: &str, text: &str, zone: &str) -> Result<DateTime<Utc>> {
    let micros = crate::function::parse_timestamp(text, zone);
    micros.and_then(DateTime::from_timestamp_micros).ok_or_else(|| {
        Error::analysis(
            Condition::MODIFIED_FILTER_INVALID,
            [("strategy", name.to_owned()), ("timeString", text.to_owned())],
        )
    })
}

/// The data files at all paths.
///
/// # Errors
/// `PATH_NOT_FOUND` if there is nothing at one of them; that of the store.
pub(crate) async fn list(
    paths: &[String],
    choice: &Choice,
    environment: &RuntimeEnv,
) -> Result<Listing> {
    let mut found: Option<Listing> = None;
    for path in paths {
        let listing = list_one(path, choice, environment).await?;
        match &mut found {
            None => found = Some(listing),
            Some(all) if all.store == listing.store => all.files.extend(listing.files),
            Some(_) => return Err(Error::unsupported("read.paths_of_several_stores")),
        }
    }
    found.ok_or_else(|| Error::invalid_plan("there is no path to read").at("paths"))
}

async fn list_one(path: &str, choice: &Choice, environment: &RuntimeEnv) -> Result<Listing> {
    let base = choice.base.as_deref();
    let (fixed, pattern) = split_pattern(path);
    let url = location(fixed)?;
    let store = environment.object_store(&url)?;
    let objects = objects(store.as_ref(), url.prefix()).await?;
    let pattern = pattern.map(Pattern::new).transpose()?;
    let root = match base {
        Some(base) => location(base)?.prefix().clone(),
        None => url.prefix().clone(),
    };
    let mut files = Vec::new();
    let mut matched = false;
    for meta in objects {
        let below = segments_below(url.prefix(), &meta.location);
        let Some(skipped) = skipped_by(pattern.as_ref(), &below) else { continue };
        matched = true;
        let hidden = below.iter().any(|segment| is_hidden(segment));
        if hidden || !choice.is_chosen(&meta) {
            continue;
        }
        let folders = match base {
            _ if choice.recursive => Vec::new(),
            Some(_) => segments_below(&root, &meta.location),
            None => below.into_iter().skip(skipped).collect(),
        };
        files.push(DataFile { partitions: partitions(&folders), meta });
    }
    if !matched && (pattern.is_some() || !is_local_directory(&url)) {
        return Err(Error::analysis(Condition::PATH_NOT_FOUND, [("path", shown(path))]));
    }
    files.sort_by(|a, b| a.meta.location.cmp(&b.meta.location));
    Ok(Listing { store: url.object_store(), files })
}

/// What a store has at a place: one object, or those below it.
pub(crate) async fn objects(store: &dyn ObjectStore, at: &Path) -> Result<Vec<ObjectMeta>> {
    if let Ok(meta) = store.head(at).await {
        return Ok(vec![meta]);
    }
    let listed: std::result::Result<Vec<_>, _> = store.list(Some(at)).try_collect().await;
    match listed {
        Ok(objects) => Ok(objects),
        Err(datafusion::object_store::Error::NotFound { .. }) => Ok(Vec::new()),
        Err(error) => Err(datafusion::error::DataFusionError::from(error).into()),
    }
}

/// Spark does not read what begins with a dot or an underscore, but for folders of
/// partitions.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.starts_with('_') && !name.contains('=')
}

fn segments_below(root: &Path, location: &Path) -> Vec<String> {
    let all: Vec<String> = location.parts().map(|part| part.as_ref().to_owned()).collect();
    all.into_iter().skip(root.parts().count()).collect()
}

/// The folders `name=value` on the way to a file, whose name comes last.
fn partitions(segments: &[String]) -> Vec<(String, Option<String>)> {
    let folders = &segments[..segments.len().saturating_sub(1)];
    let pairs = folders.iter().filter_map(|folder| folder.split_once('='));
    pairs.map(|(name, value)| (unescaped(name).unwrap_or_default(), unescaped(value))).collect()
}

/// The part of a path before its first pattern, and the pattern.
fn split_pattern(path: &str) -> (&str, Option<&str>) {
    let Some(at) = path.find(['*', '?', '[', '{']) else { return (path, None) };
    match path[..at].rfind('/') {
        Some(slash) => (&path[..=slash], Some(&path[slash + 1..])),
        None => ("./", Some(path)),
    }
}

/// How many segments a pattern takes off the path of an object; none if it does not
/// match.
fn skipped_by(pattern: Option<&Pattern>, segments: &[String]) -> Option<usize> {
    match pattern {
        None => Some(0),
        Some(Pattern(parts)) => {
            let matches = parts.len() <= segments.len()
                && parts.iter().zip(segments).all(|(part, segment)| part.is_match(segment));
            // A file that is matched itself has no folders of its own.
            matches.then(|| parts.len().min(segments.len() - 1))
        }
    }
}

/// A pattern of file names.
type Glob = Regex;

/// A pattern for each segment of a path.
struct Pattern(Vec<Glob>);

impl Pattern {
    fn new(text: &str) -> Result<Self> {
        let parts = text.split('/').filter(|part| !part.is_empty());
        Ok(Self(parts.map(glob).collect::<Result<_>>()?))
    }
}

fn glob(text: &str) -> Result<Glob> {
    Regex::new(&expression(text))
        .map_err(|_| Error::invalid_plan(format!("`{text}` is no pattern of paths")).at("paths"))
}

/// A pattern of file names as a regular expression.
fn expression(pattern: &str) -> String {
    let mut text = String::from("^");
    let (mut in_braces, mut in_brackets) = (false, false);
    for c in pattern.chars() {
        match c {
            '*' if !in_brackets => text.push_str("[^/]*"),
            '?' if !in_brackets => text.push_str("[^/]"),
            '{' if !in_brackets => {
                in_braces = true;
                text.push_str("(?:");
            }
            '}' if in_braces => {
                in_braces = false;
                text.push(')');
            }
            ',' if in_braces => text.push('|'),
            '[' | ']' => {
                in_brackets = c == '[';
                text.push(c);
            }
            '-' | '^' if in_brackets => text.push(c),
            c => text.push_str(&regex::escape(&c.to_string())),
        }
    }
    text.push('$');
    text
}

fn is_local_directory(url: &ListingTableUrl) -> bool {
    url.scheme() == "file" && std::path::Path::new(&format!("/{}", url.prefix())).is_dir()
}

/// The path as Spark prints it: local ones as `file:/..`.
pub(crate) fn shown(path: &str) -> String {
    if path.contains(':') {
        return path.to_owned();
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
    format!("file:{}", absolute.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn patterns_are_split_off_and_match_segments() {
        assert_eq!(split_pattern("/a/b"), ("/a/b", None));
        assert_eq!(split_pattern("/a/b*/c"), ("/a/", Some("b*/c")));
        let pattern = Pattern::new("y={1,2}/[a-c]?.txt").unwrap();
        let of = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(skipped_by(Some(&pattern), &of("y=1/bx.txt")), Some(1));
        assert_eq!(skipped_by(Some(&pattern), &of("y=3/bx.txt")), None);
        assert_eq!(skipped_by(Some(&pattern), &of("y=2/dx.txt")), None);
    }

    #[test]
    fn folders_name_partitions() {
        let of = |path: &str| partitions(&path.split('/').map(str::to_owned).collect::<Vec<_>>());
        let found = of("a=1/b=x%20y/c=__HIVE_DEFAULT_PARTITION__/part-0");
        let expected = [("a", Some("1")), ("b", Some("x y")), ("c", None)];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.map(str::to_owned)));
        assert_eq!(found, expected);
    }
}
