//! Documents as XPath sees them: a tree of nodes, in the order of the text.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::record::xml::{attributes_stand_apart, is_content};

/// How deep elements may be nested.
const DEEPEST: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Element,
    Attribute,
    Text,
    Comment,
    Instruction,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) attributes: Vec<usize>,
    /// With its prefix: Spark's parser knows no namespaces.
    pub(super) name: String,
    value: String,
    /// Where the first piece of a text ends: sections of CDATA are pieces of their own.
    first: usize,
}

/// A document; a node is known by its place, and places are in document order.
#[derive(Debug)]
pub(super) struct Document {
    nodes: Vec<Node>,
}

/// Why a text is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Malformed,
    /// Declarations of entities and their like.
    Declarations,
}

impl Document {
    pub(super) const ROOT: usize = 0;

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if text.starts_with('\u{feff}') {
            return Err(Fault::Malformed);
        }
        let mut builder = Builder::new();
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        loop {
            let at_start = reader.buffer_position() == 0;
            let event = reader.read_event().map_err(|_| Fault::Malformed)?;
            if let Event::Eof = event {
                return builder.finish();
            }
            builder.add(event, at_start)?;
        }
    }

    pub(super) fn node(&self, at: usize) -> &Node {
        &self.nodes[at]
    }

    /// The text of a node: of an element, all text in it.
    pub(super) fn text(&self, at: usize) -> String {
        let node = self.node(at);
        if !matches!(node.kind, Kind::Root | Kind::Element) {
            return node.value.clone();
        }
        let mut text = String::new();
        let mut open: Vec<usize> = node.children.iter().rev().copied().collect();
        while let Some(inner) = open.pop() {
            let inner = self.node(inner);
            match inner.kind {
                Kind::Text => text.push_str(&inner.value),
                Kind::Element => open.extend(inner.children.iter().rev()),
                Kind::Root | Kind::Attribute | Kind::Comment | Kind::Instruction => {}
            }
        }
        text
    }

    /// The value that a node has by itself; elements have none.
    pub(super) fn value(&self, at: usize) -> Option<&str> {
        let node = self.node(at);
        match node.kind {
            Kind::Root | Kind::Element => None,
            Kind::Text => node.value.get(..node.first),
            Kind::Attribute | Kind::Comment | Kind::Instruction => Some(&node.value),
        }
    }
}

struct Builder {
    nodes: Vec<Node>,
    open: Vec<usize>,
    has_element: bool,
}

impl Builder {
    fn new() -> Self {
        let mut builder = Self { nodes: Vec::new(), open: Vec::new(), has_element: false };
        builder.open.push(Document::ROOT);
        builder.nodes.push(Node {
            kind: Kind::Root,
            parent: None,
            children: Vec::new(),
            attributes: Vec::new(),
            name: String::new(),
            value: String::new(),
            first: 0,
        });
        builder
    }

    fn here(&self) -> usize {
        self.open.last().copied().unwrap_or(Document::ROOT)
    }

    fn is_outside(&self) -> bool {
        self.open.len() == 1
    }

    fn push(&mut self, kind: Kind, name: &str, value: &str) -> usize {
        let (at, parent) = (self.nodes.len(), self.here());
        self.nodes.push(Node {
            kind,
            parent: Some(parent),
            children: Vec::new(),
            attributes: Vec::new(),
            name: name.to_owned(),
            value: value.to_owned(),
            first: value.len(),
        });
        match kind {
            Kind::Attribute => self.nodes[parent].attributes.push(at),
            _ => self.nodes[parent].children.push(at),
        }
        at
    }

    fn add(&mut self, event: Event<'_>, at_start: bool) -> Result<(), Fault> {
        match event {
            Event::Start(start) => {
                let at = self.element(&start)?;
                self.open.push(at);
                self.attributes(&start)?;
            }
            Event::Empty(start) => {
                let at = self.element(&start)?;
                self.open.push(at);
                self.attributes(&start)?;
                self.open.pop();
            }
            Event::End(_) => {
                self.open.pop();
            }
            Event::Text(text) if !is_content(&text) => return Err(Fault::Malformed),
            Event::Text(text) => self.text(&text.xml10_content(), false)?,
            Event::CData(text) => {
                if self.is_outside() {
                    return Err(Fault::Malformed);
                }
                self.text(&text.xml10_content(), true)?;
            }
            Event::GeneralRef(name) => {
                let text = match name.resolve_char_ref().map_err(|_| Fault::Malformed)? {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name)
                        .ok_or(Fault::Malformed)?
                        .to_owned(),
                };
                if self.is_outside() {
                    return Err(Fault::Malformed);
                }
                self.text(&text, false)?;
            }
            Event::Comment(text) => {
                self.push(Kind::Comment, "", &text);
            }
            Event::PI(instruction) => {
                let text: &str = &instruction;
                let (target, data) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
                self.push(Kind::Instruction, target, data.trim_start());
            }
            Event::Decl(declaration) if at_start && declaration.version().is_ok() => {}
            Event::Decl(_) => return Err(Fault::Malformed),
            Event::DocType(text) if text.contains('[') => return Err(Fault::Declarations),
            Event::DocType(_) if self.is_outside() && !self.has_element => {}
            Event::DocType(_) | Event::Eof => return Err(Fault::Malformed),
        }
        Ok(())
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<usize, Fault> {
        let is_second_root = self.is_outside() && self.has_element;
        let name = start.name();
        let name: &str = name.as_ref();
        let good = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':');
        let good = good && attributes_stand_apart(start);
        if is_second_root || !good || self.open.len() > DEEPEST {
            return Err(Fault::Malformed);
        }
        self.has_element = true;
        Ok(self.push(Kind::Element, name, ""))
    }

    /// Those that say what namespaces there are do not count.
    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<(), Fault> {
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Fault::Malformed)?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| Fault::Malformed)?;
            let raw: &str = attribute.value.as_ref();
            if raw.contains('<') {
                return Err(Fault::Malformed);
            }
            let name: &str = attribute.key.as_ref();
            if name != "xmlns" && !name.starts_with("xmlns:") {
                self.push(Kind::Attribute, name, &value);
            }
        }
        Ok(())
    }

    /// Adds text, to that which is just before it if it is.
    fn text(&mut self, text: &str, section: bool) -> Result<(), Fault> {
        if self.is_outside() {
            let blank = text.chars().all(|c| c.is_ascii_whitespace());
            return if blank { Ok(()) } else { Err(Fault::Malformed) };
        }
        let last = self.nodes[self.here()].children.last().copied();
        match last.map(|at| &mut self.nodes[at]) {
            Some(node) if node.kind == Kind::Text => {
                let whole = node.first == node.value.len();
                node.value.push_str(text);
                if whole && !section {
                    node.first = node.value.len();
                }
            }
            _ => {
                self.push(Kind::Text, "", text);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Document, Fault> {
        match self.is_outside() && self.has_element {
            true => Ok(Document { nodes: self.nodes }),
            false => Err(Fault::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn documents_have_one_root_and_ends_that_fit() {
        for text in [
            "",
            " ",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "<a x=1/>",
            "<a x='1' x='2'/>",
            "<a>&nope;</a>",
            "<a x='<'/>",
            "<1/>",
            "<a>]]></a>",
            "<a>\u{1}</a>",
            "<?xml?><a/>",
            "<a x='1'y='2'/>",
            " <?xml version='1.0'?><a/>",
        ] {
            assert_eq!(Document::parse(text).err(), Some(Fault::Malformed), "{text}");
        }
        let declared = "<!DOCTYPE a [<!ENTITY e '5'>]><a>&e;</a>";
        assert_eq!(Document::parse(declared).err(), Some(Fault::Declarations));
    }

    #[test]
    fn texts_are_those_of_all_that_is_within() {
        let text = "<?xml version='1.0'?><a>1<b>2&amp;</b><!--c--><![CDATA[<3>]]></a>";
        let document = Document::parse(text).unwrap();
        assert_eq!(document.text(Document::ROOT), "12&<3>");
    }
}
