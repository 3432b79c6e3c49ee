//! The command line.

use crate::memory;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Serves Spark Connect clients over Apache DataFusion.

Usage: spark-connect-server [OPTIONS]

Options:
  --listen ADDRESS   address to listen on, port 0 for any free one
                     [default: 127.0.0.1:15002]
  --conf KEY=VALUE   configuration that sessions start with; may be repeated
  --warehouse DIR    where managed tables are kept
                     [default: a directory that goes with the server]
  --memory-limit SIZE
                     memory for queries of all sessions together, such as 8G; one
                     past its share spills to disk
                     [default: 60 % of the machine's or the container's]
  --help             print this
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) listen: String,
    pub(crate) conf: Vec<(String, String)>,
    pub(crate) warehouse: Option<String>,
    pub(crate) memory_limit: Option<u64>,
    pub(crate) help: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:15002".to_owned(),
            conf: Vec::new(),
            warehouse: None,
            memory_limit: None,
            help: false,
        }
    }
}

impl Options {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, joined) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let mut value = || {
                joined.clone().or_else(|| arguments.next()).ok_or(format!("{name} takes a value"))
            };
            match name {
                "--listen" => options.listen = value()?,
                "--conf" => options.conf.push(pair(&value()?)?),
                "--warehouse" => options.warehouse = Some(value()?),
                "--memory-limit" => options.memory_limit = Some(memory::bytes(&value()?)?),
                "--help" | "-h" => options.help = true,
                _ => return Err(format!("{argument} is no option")),
            }
        }
        Ok(options)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("--conf takes KEY=VALUE, not {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn values_follow_or_are_joined() {
        let options = parse(&[
            "--listen",
            "[::1]:0",
            "--conf=a.b=c=d",
            "--conf",
            "e=",
            "--memory-limit",
            "2k",
        ]);
        let expected = Options {
            listen: "[::1]:0".to_owned(),
            conf: vec![("a.b".to_owned(), "c=d".to_owned()), ("e".to_owned(), String::new())],
            memory_limit: Some(2048),
            ..Options::default()
        };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(parse(&["--listen"]).is_err());
        assert!(parse(&["--conf", "novalue"]).is_err());
        assert!(parse(&["15002"]).is_err());
        assert!(parse(&["--memory-limit", "much"]).is_err());
    }
}
