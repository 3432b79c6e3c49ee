//! Elements of XML, as trees.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Names;
use super::form::{attributes_stand_apart, is_content};
use crate::error::Result;

/// How deep elements may be nested.
const DEEPEST: usize = 1000;

/// An element.
#[derive(Debug, Clone, Default)]
pub(super) struct Element<'t> {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Child<'t>>,
    /// What is in it, as it is written.
    pub(super) inner: &'t str,
}

#[derive(Debug, Clone)]
pub(super) enum Child<'t> {
    Text(String),
    Element(Element<'t>),
}

impl Element<'_> {
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element<'_>> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// All its text; none if there are elements in it.
    pub(super) fn text(&self) -> Option<String> {
        let mut all = String::new();
        for child in &self.children {
            match child {
                Child::Text(text) => all.push_str(text),
                Child::Element(_) => return None,
            }
        }
        Some(all)
    }
}

/// Calls `each` for the outermost elements of this name; whether the document was well
/// formed to its end.
///
/// # Errors
/// That of `each`.
pub(super) fn rows<'t>(
    text: &'t str,
    tag: &str,
    names: &Names,
    mut each: impl FnMut(&Element<'t>) -> Result<()>,
) -> Result<bool> {
    let mut document = Document::new(text, names);
    let mut depth = 0_usize;
    loop {
        let Some(event) = document.next() else { return Ok(false) };
        match event {
            Event::Start(_) | Event::Empty(_) if depth == 0 && document.has_root => {
                return Ok(false);
            }
            Event::Start(start) if names.of_element(start.name().as_ref()) == tag => {
                document.has_root = true;
                match document.element(&start, false) {
                    Some(element) => each(&element)?,
                    None => return Ok(false),
                }
            }
            Event::Empty(start) => {
                document.has_root = true;
                if names.of_element(start.name().as_ref()) == tag {
                    match document.element(&start, true) {
                        Some(element) => each(&element)?,
                        None => return Ok(false),
                    }
                }
            }
            Event::Start(_) => {
                document.has_root = true;
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(text) if depth == 0 && !text.trim().is_empty() => return Ok(false),
            Event::Eof => return Ok(depth == 0 && (document.has_root || text.trim().is_empty())),
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
}

/// The one element that a text is.
pub(super) fn only<'t>(text: &'t str, names: &Names) -> Option<Element<'t>> {
    let mut document = Document::new(text, names);
    loop {
        match document.next()? {
            Event::Start(start) => return document.element(&start, false),
            // Spark goes past a mark of the order of bytes, but not to the end of this.
            Event::Empty(_) if text.starts_with('\u{feff}') => return None,
            Event::Empty(start) => return document.element(&start, true),
            Event::Text(text) if !text.trim().is_empty() => return None,
            Event::Eof => return None,
            _ => {}
        }
    }
}

struct Document<'t, 'n> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    names: &'n Names,
    has_root: bool,
}

impl<'t, 'n> Document<'t, 'n> {
    fn new(text: &'t str, names: &'n Names) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        Self { text, reader, names, has_root: false }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len())
    }

    fn next(&mut self) -> Option<Event<'t>> {
        let event = self.reader.read_event().ok()?;
        let good = match &event {
            Event::Text(text) => is_content(text),
            Event::Start(start) | Event::Empty(start) => attributes_stand_apart(start),
            Event::Decl(declaration) => declaration.version().is_ok(),
            _ => true,
        };
        good.then_some(event)
    }

    fn start(&self, start: &BytesStart<'_>) -> Option<Element<'t>> {
        let mut element = Element {
            name: self.names.of_element(start.name().as_ref()).to_owned(),
            ..Element::default()
        };
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            if !self.names.without_attributes {
                let own = self.names.of_element(attribute.key.as_ref());
                let name = format!("{}{own}", self.names.attribute_prefix);
                let value = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .ok()?
                    .into_owned();
                element.attributes.push((name, value));
            }
        }
        Some(element)
    }

    /// The element that was just started, to its end.
    fn element(&mut self, start: &BytesStart<'_>, empty: bool) -> Option<Element<'t>> {
        let mut open = vec![(self.start(start)?, self.position())];
        if empty {
            return self.close(&mut open, self.position());
        }
        loop {
            let before = self.position();
            match self.next()? {
                Event::Start(start) => {
                    if open.len() >= DEEPEST {
                        return None;
                    }
                    open.push((self.start(&start)?, self.position()));
                }
                Event::Empty(start) => {
                    open.push((self.start(&start)?, self.position()));
                    let inner = self.position();
                    let element = self.close(&mut open, inner)?;
                    open.last_mut()?.0.children.push(Child::Element(element));
                }
                Event::End(_) => {
                    let element = self.close(&mut open, before)?;
                    match open.last_mut() {
                        Some((parent, _)) => parent.children.push(Child::Element(element)),
                        None => return Some(element),
                    }
                }
                Event::Text(text) => add(&mut open.last_mut()?.0, &text.xml10_content()),
                Event::CData(text) => add(&mut open.last_mut()?.0, &text.xml10_content()),
                Event::GeneralRef(name) => {
                    let text = match name.resolve_char_ref().ok()? {
                        Some(c) => c.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&name)?.to_owned(),
                    };
                    add(&mut open.last_mut()?.0, &text);
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Decl(_) | Event::DocType(_) | Event::Eof => return None,
            }
        }
    }

    /// Ends the innermost open element; what is in it ended at `inner`.
    fn close(&self, open: &mut Vec<(Element<'t>, usize)>, inner: usize) -> Option<Element<'t>> {
        let (mut element, content) = open.pop()?;
        element.inner = self.text.get(content..inner).unwrap_or_default();
        Some(element)
    }
}

/// Adds text, to that which is just before it if it is.
fn add(element: &mut Element<'_>, text: &str) {
    match element.children.last_mut() {
        Some(Child::Text(before)) => before.push_str(text),
        _ => element.children.push(Child::Text(text.to_owned())),
    }
}
