//! Messages in the protocol's JSON form, by reflection over the descriptors.
//!
//! What [`prost`] compiled knows no names of fields; the descriptors do. Text that
//! is nested deeper than 128 levels is refused, as `serde_json` does by itself. The form
//! is that of every protobuf library (fields in `camelCase`, bytes in base64, an
//! `Any` as its message with a `@type`), so that plans recorded by other clients
//! can be read:
//!
//! ```
//! use datafusion_spark_connect::{json, proto};
//!
//! let text = r#"{"range": {"end": "3", "step": "1"}}"#;
//! let relation: proto::Relation = json::from_json(text)?;
//! assert_eq!(json::to_json(&relation)?, "{\n  \"range\": {\n    \"end\": \"3\",\n    \"step\": \"1\"\n  }\n}");
//! # Ok::<(), datafusion_spark_connect::Error>(())
//! ```

use std::sync::LazyLock;

use prost::{Message as _, Name};
use prost_reflect::{
    DescriptorError, DescriptorPool, DeserializeOptions, DynamicMessage, SerializeOptions,
};

use crate::error::{Error, Result};
use crate::proto;
use crate::session::Limits;

/// Levels of nesting that are written; few readers take more.
const DEPTH: usize = 1_000;
/// Stack that suffices to write them, bytes.
const STACK: usize = 64 * 1024 * 1024;

/// Writes a message of the protocol as JSON, indented.
///
/// # Errors
/// If it packs a message that [`JsonFormat::with_descriptors`] was not told of.
pub fn to_json<M: Name>(message: &M) -> Result<String> {
    PROTOCOL.to_json(message)
}

/// Reads a message of the protocol from JSON.
///
/// # Errors
/// [`Error::InvalidPlan`] if the text is no such message.
pub fn from_json<M: Name + Default>(text: &str) -> Result<M> {
    PROTOCOL.from_json(text)
}

static PROTOCOL: LazyLock<JsonFormat> = LazyLock::new(JsonFormat::new);

/// The JSON form of the protocol's messages and of those of plugins.
#[derive(Debug, Clone)]
pub struct JsonFormat {
    pool: DescriptorPool,
}

impl Default for JsonFormat {
    fn default() -> Self {
        Self::new()
    }
}

impl JsonFormat {
    /// Knows the messages of the protocol and of the documented example plugins.
    pub fn new() -> Self {
        // The descriptors are compiled in; a test reads them.
        let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap_or_default();
        Self { pool }
    }

    /// Learns the messages of an encoded `FileDescriptorSet`, as
    /// `prost_build::Config::file_descriptor_set_path` writes it. Files of the
    /// protocol in it are known already and may be there.
    ///
    /// # Errors
    /// [`Error::InvalidPlan`] if the bytes are no descriptors or contradict those
    /// known.
    pub fn with_descriptors(mut self, descriptors: &[u8]) -> Result<Self> {
        let refuse = |error: DescriptorError| {
            Error::invalid_plan(format!("the descriptors cannot be used: {error}"))
        };
        self.pool.decode_file_descriptor_set(descriptors).map_err(refuse)?;
        Ok(self)
    }

    /// Writes a message as JSON, indented.
    ///
    /// # Errors
    /// If its descriptor, or that of a message it packs, is not known.
    pub fn to_json<M: Name>(&self, message: &M) -> Result<String> {
        stacker::maybe_grow(STACK, STACK, || self.write(message))
    }

    fn write<M: Name>(&self, message: &M) -> Result<String> {
        let dynamic = self.dynamic::<M>(&message.encode_to_vec())?;
        let mut text = Vec::new();
        let mut serializer = serde_json::Serializer::pretty(&mut text);
        dynamic
            .serialize_with_options(&mut serializer, &SerializeOptions::new())
            .map_err(|error| Error::invalid_plan(format!("the message has no JSON: {error}")))?;
        String::from_utf8(text).map_err(|error| Error::internal(error.to_string()))
    }

    /// Reads a message from JSON.
    ///
    /// # Errors
    /// [`Error::InvalidPlan`] if the text is no such message, or names a field or
    /// a packed message that is not known.
    pub fn from_json<M: Name + Default>(&self, text: &str) -> Result<M> {
        let refuse = |error: serde_json::Error| {
            Error::invalid_plan(format!("the text is no {}: {error}", M::full_name()))
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let options = DeserializeOptions::new();
        let dynamic = DynamicMessage::deserialize_with_options(
            self.descriptor::<M>()?,
            &mut deserializer,
            &options,
        )
        .map_err(refuse)?;
        deserializer.end().map_err(refuse)?;
        let bytes = dynamic.encode_to_vec();
        Ok(proto::decode::message::<M>(&bytes, &Limits::default())?.into_inner())
    }

    fn dynamic<M: Name>(&self, bytes: &[u8]) -> Result<DynamicMessage> {
        proto::decode::depth(&M::full_name(), bytes, DEPTH)?;
        DynamicMessage::decode(self.descriptor::<M>()?, bytes)
            .map_err(|error| Error::invalid_plan(error.to_string()))
    }

    fn descriptor<M: Name>(&self) -> Result<prost_reflect::MessageDescriptor> {
        let name = M::full_name();
        self.pool.get_message_by_name(&name).ok_or_else(|| {
            Error::invalid_plan(format!("no descriptor of {name} is known: add its file's"))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

    use super::*;
    use crate::proto::relation::RelType;
    use crate::proto::{ExamplePluginRelation, Relation};

    #[derive(Clone, PartialEq, prost::Message)]
    struct Own {}

    impl Name for Own {
        const NAME: &'static str = "Own";
        const PACKAGE: &'static str = "a.plugin";
    }

    fn extension<M: Name>(message: &M) -> Relation {
        Relation { common: None, rel_type: Some(RelType::Extension(proto::pack(message))) }
    }

    #[test]
    fn packed_messages_of_the_protocol_are_written_out() {
        let inner = ExamplePluginRelation { input: None, custom_field: "x".into() };
        let text = to_json(&extension(&inner)).unwrap();
        assert!(
            text.contains("\"@type\": \"type.googleapis.com/spark.connect.ExamplePluginRelation\"")
        );
        assert!(text.contains("\"customField\": \"x\""));
        assert_eq!(from_json::<Relation>(&text).unwrap(), extension(&inner));
    }

    #[test]
    fn descriptors_of_plugins_can_be_added() {
        let relation = extension(&Own {});
        assert!(to_json(&relation).is_err());
        let message = DescriptorProto { name: Some("Own".into()), ..Default::default() };
        let file = FileDescriptorProto {
            name: Some("own.proto".into()),
            package: Some("a.plugin".into()),
            message_type: vec![message],
            syntax: Some("proto3".into()),
            ..Default::default()
        };
        let set = FileDescriptorSet { file: vec![file] }.encode_to_vec();
        let format = JsonFormat::new().with_descriptors(&set).unwrap();
        let text = format.to_json(&relation).unwrap();
        assert_eq!(format.from_json::<Relation>(&text).unwrap(), relation);
    }

    #[test]
    fn wrong_text_is_refused() {
        for text in ["", "{", "{\"range\": 1}", "{\"nothing\": {}}", "{} {}"] {
            let error = from_json::<Relation>(text).unwrap_err();
            assert!(matches!(error, Error::InvalidPlan(_)), "{text}: {error}");
        }
    }

    #[test]
    fn deep_text_is_refused() {
        let text = format!("{}{}", "{\"limit\":{\"input\":".repeat(5_000), "}}".repeat(5_000));
        assert!(from_json::<Relation>(&text).is_err());
    }
}
