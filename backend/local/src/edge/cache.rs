//! What the edge has cached, by path and query.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{self, HeaderValue, Method, header};
use axum::response::Response;
use lru::LruCache;
use parking_lot::Mutex;
use wildmatch::WildMatch;

/// How many answers are cached.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// The cached answers; clones share them.
#[derive(Clone, Debug)]
pub struct Cache {
    answers: Arc<Mutex<LruCache<Key, Answer>>>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { answers: Arc::new(Mutex::new(LruCache::new(CAPACITY))) }
    }
}

/// What an answer is cached by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// A GET's answer also serves a HEAD.
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
}

/// A cached answer, when it was fetched, and for how long it is good.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) response: http::Response<Bytes>,
    pub(super) fetched: Instant,
    pub(super) lifetime: Duration,
}

impl Cache {
    /// An answer that has not expired.
    pub(super) fn get(&self, key: &Key, now: Instant) -> Option<Answer> {
        let mut answers = self.answers.lock();
        let as_get = Key { method: Method::GET, ..key.clone() };
        let found = match answers.contains(&as_get) {
            true => answers.get(&as_get),
            false => answers.get(key),
        };
        found.filter(|it| now.duration_since(it.fetched) < it.lifetime).cloned()
    }

    /// Forgets the answers whose path fits a pattern of an invalidation, such as `/api/*`
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>).
    pub(crate) fn invalidate(&self, pattern: &str) {
        let mut answers = self.answers.lock();
        let pattern = WildMatch::new(pattern);
        let fits = answers.iter().map(|(key, _)| key).filter(|it| pattern.matches(&it.path));
        let fits: Vec<Key> = fits.cloned().collect();
        fits.iter().for_each(|key| drop(answers.pop(key)));
    }

    /// Caches an answer.
    pub(super) fn put(&self, key: Key, answer: Answer) {
        self.answers.lock().put(key, answer);
    }
}

impl Answer {
    /// The answer with its age in seconds (RFC 9111, section 5.1).
    pub(super) fn response(self, now: Instant) -> Response {
        let mut response = self.response.map(Body::from);
        let age = now.duration_since(self.fetched).as_secs();
        response.headers_mut().insert(header::AGE, HeaderValue::from(age));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(method: Method, query: &str) -> Key {
        Key { method, path: "/a".to_owned(), query: query.to_owned() }
    }

    fn answer(now: Instant) -> Answer {
        let response = http::Response::new(Bytes::from_static(b"x"));
        Answer { response, fetched: now, lifetime: Duration::from_secs(60) }
    }

    #[test]
    fn an_answer_is_served_under_its_key_until_it_expires() {
        let (cache, now) = (Cache::default(), Instant::now());
        cache.put(key(Method::GET, ""), answer(now));
        let after = |seconds| now + Duration::from_secs(seconds);
        let found = cache.get(&key(Method::GET, ""), after(59)).unwrap();
        assert_eq!(found.response(after(59)).headers()[header::AGE], "59");
        assert!(cache.get(&key(Method::HEAD, ""), after(59)).is_some());
        assert!(cache.get(&key(Method::GET, "v=1"), after(59)).is_none());
        assert!(cache.get(&key(Method::GET, ""), after(60)).is_none());
    }

    #[test]
    fn an_invalidation_forgets_the_paths_that_it_names() {
        let (cache, now) = (Cache::default(), Instant::now());
        cache.put(key(Method::GET, "v=1"), answer(now));
        cache.invalidate("/b*");
        assert!(cache.get(&key(Method::GET, "v=1"), now).is_some());
        cache.invalidate("/*");
        assert!(cache.get(&key(Method::GET, "v=1"), now).is_none());
    }

    #[test]
    fn the_oldest_answer_makes_room() {
        let (cache, now) = (Cache::default(), Instant::now());
        for number in 0..=CAPACITY.get() {
            cache.put(key(Method::GET, &number.to_string()), answer(now));
        }
        assert!(cache.get(&key(Method::GET, "0"), now).is_none());
        assert!(cache.get(&key(Method::GET, "1"), now).is_some());
        assert_eq!(cache.answers.lock().len(), CAPACITY.get());
    }
}
