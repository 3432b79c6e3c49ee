//! What plugins offer to the host by interfaces that this crate does not know.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Objects by the interface that they are offered under, in the plugins' order.
#[derive(Default)]
pub(crate) struct Offers(HashMap<TypeId, Vec<Box<dyn Any + Send + Sync>>>);

impl Offers {
    pub(crate) fn add<T: ?Sized + Send + Sync + 'static>(&mut self, object: Arc<T>) {
        self.0.entry(TypeId::of::<Arc<T>>()).or_default().push(Box::new(object));
    }

    pub(crate) fn of<T: ?Sized + Send + Sync + 'static>(&self) -> Vec<Arc<T>> {
        let held = self.0.get(&TypeId::of::<Arc<T>>()).into_iter().flatten();
        held.filter_map(|object| object.downcast_ref::<Arc<T>>().cloned()).collect()
    }
}

impl fmt::Debug for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.0.values().map(Vec::len).sum();
        f.debug_tuple("Offers").field(&count).finish()
    }
}
