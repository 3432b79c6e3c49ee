//! Names of messages packed in an `Any`.

use prost_types::Any;

/// The full message name in a type URL, whatever stands before it:
/// `type.googleapis.com/a.B`, `a.B` and `https://host/path/a.B` all name `a.B`.
///
/// ```
/// use datafusion_spark_connect::proto::message_name;
///
/// assert_eq!(message_name("type.googleapis.com/delta.connect.Scan"), "delta.connect.Scan");
/// assert_eq!(message_name("delta.connect.Scan"), "delta.connect.Scan");
/// ```
pub fn message_name(type_url: &str) -> &str {
    type_url.rsplit_once('/').map_or(type_url, |(_, name)| name)
}

/// Packs a message into an `Any`, as clients send the messages of plugins.
///
/// ```
/// use datafusion_spark_connect::proto::{self, ExamplePluginCommand};
///
/// let any = proto::pack(&ExamplePluginCommand { custom_field: "view".into() });
/// assert_eq!(any.type_url, "type.googleapis.com/spark.connect.ExamplePluginCommand");
/// ```
pub fn pack<M: prost::Name>(message: &M) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{}", M::full_name()),
        value: message.encode_to_vec(),
    }
}
