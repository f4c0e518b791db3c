//! An immutable value that one part publishes and others read without a lock.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

/// The newest published `T`. Clones share it.
#[derive(Debug)]
pub struct Snapshot<T>(Arc<ArcSwap<T>>);

impl<T> Clone for Snapshot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Snapshot<T> {
    /// Begins with `value`.
    pub fn new(value: T) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(value)))
    }

    /// Replaces the value; readers that hold the old one keep it.
    pub fn publish(&self, value: T) {
        self.0.store(Arc::new(value));
    }

    /// Replaces the value by what `change` makes of it. Of two such changes at
    /// the same time neither is lost: `change` may be asked again.
    pub fn update(&self, change: impl Fn(&T) -> T) {
        self.0.rcu(|value| change(value));
    }

    /// The newest value, for a short look. Do not hold it across an await.
    pub fn load(&self) -> Guard<Arc<T>> {
        self.0.load()
    }

    /// The newest value, to keep.
    pub fn load_full(&self) -> Arc<T> {
        self.0.load_full()
    }
}

impl<T: Default> Default for Snapshot<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
