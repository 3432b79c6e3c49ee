//! Config.

use std::sync::Arc;

use prost::bytes::Bytes;

use super::codec::Received;
use super::{Inner, encode};
use crate::error::{Required as _, Result};
use crate::proto::config_request::operation::OpType;
use crate::proto::config_request::{
    Get, GetAll, GetOption, GetWithDefault, IsModifiable, Set, Unset,
};
use crate::proto::{ConfigRequest, ConfigResponse, KeyValue};
use crate::session::RuntimeConf;

/// Reads and changes the session's configuration.
pub(super) async fn config(inner: Arc<Inner>, received: Received<ConfigRequest>) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.open(&*request).await?;
    let operation = request.operation.as_ref().required("operation")?;
    let operation = operation.op_type.as_ref().required("operation.op_type")?;
    let Answer { pairs, warnings } = answer(held.session.conf(), operation)?;
    Ok(encode(&ConfigResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.server_side_id.clone(),
        pairs,
        warnings,
    }))
}

#[derive(Default)]
struct Answer {
    pairs: Vec<KeyValue>,
    warnings: Vec<String>,
}

impl From<Vec<KeyValue>> for Answer {
    fn from(pairs: Vec<KeyValue>) -> Self {
        Self { pairs, warnings: Vec::new() }
    }
}

fn pair(key: &str, value: Option<String>) -> KeyValue {
    KeyValue { key: key.to_owned(), value }
}

fn answer(conf: &RuntimeConf, operation: &OpType) -> Result<Answer> {
    match operation {
        OpType::Set(Set { pairs, silent }) => set(conf, pairs, silent.unwrap_or_default()),
        OpType::Get(Get { keys }) => {
            let values = keys.iter().map(|key| Ok(pair(key, get(conf, key)?)));
            Ok(values.collect::<Result<Vec<_>>>()?.into())
        }
        OpType::GetWithDefault(GetWithDefault { pairs }) => {
            // The default that is given goes before the key's own.
            let given = |p: &KeyValue| conf.get_set(&p.key).or_else(|| p.value.clone());
            let value = |p: &KeyValue| given(p).or_else(|| conf.get_option(&p.key));
            Ok(pairs.iter().map(|p| pair(&p.key, value(p))).collect::<Vec<_>>().into())
        }
        OpType::GetOption(GetOption { keys }) => {
            Ok(keys.iter().map(|key| pair(key, conf.get_option(key))).collect::<Vec<_>>().into())
        }
        OpType::GetAll(GetAll { prefix }) => Ok(all(conf, prefix.as_deref().unwrap_or_default())),
        OpType::Unset(Unset { keys }) => {
            keys.iter().try_for_each(|key| conf.unset(key))?;
            Ok(Answer::default())
        }
        OpType::IsModifiable(IsModifiable { keys }) => {
            let answer = |key: &String| pair(key, Some(conf.is_modifiable(key).to_string()));
            Ok(keys.iter().map(answer).collect::<Vec<_>>().into())
        }
    }
}

/// Known keys may be without a value.
fn get(conf: &RuntimeConf, key: &str) -> Result<Option<String>> {
    match conf.get_option(key) {
        None if conf.is_known(key) => Ok(None),
        None => conf.get(key).map(Some),
        value => Ok(value),
    }
}

/// Sets pairs; what cannot be set is only worth a warning if the client says so.
fn set(conf: &RuntimeConf, pairs: &[KeyValue], silent: bool) -> Result<Answer> {
    let mut answer = Answer::default();
    for KeyValue { key, value } in pairs {
        match conf.set(key, value.as_deref().required("value")?) {
            Ok(()) => {}
            Err(error) if silent => answer.warnings.push(error.to_string()),
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// All keys that are set; below a prefix, without the prefix.
fn all(conf: &RuntimeConf, prefix: &str) -> Answer {
    let values = conf.all(prefix).into_iter();
    let values =
        values.map(|(key, value)| pair(key.strip_prefix(prefix).unwrap_or(&key), Some(value)));
    values.collect::<Vec<_>>().into()
}
