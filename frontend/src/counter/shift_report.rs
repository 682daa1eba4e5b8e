//! What a courier collected and delivered in a shift, and how it follows the server.

use shared::api::Shift;

use crate::http::ApiError;

/// What was collected and delivered in a shift.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// The shift, once it was asked for.
    pub(super) shift: Option<Shift>,
    /// Why it could not be fetched since.
    pub(super) failure: Option<ApiError>,
    /// When what is here was asked for, on the page's monotonic clock, in milliseconds.
    asked_at: i64,
}

impl Report {
    /// Takes the answer to a request of `asked_at`, unless a later one was answered before.
    pub(super) fn take(&mut self, answer: Result<Shift, ApiError>, asked_at: i64) {
        if asked_at < self.asked_at {
            return;
        }
        self.asked_at = asked_at;
        self.failure = None;
        match answer {
            Ok(shift) => self.shift = Some(shift),
            Err(error) => self.failure = Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::Timestamp;

    use super::*;

    #[test]
    fn an_older_answer_does_not_replace_a_newer_report() {
        let shift = |began: i64| Shift {
            began_at: Some(Timestamp::from_millis(began)),
            ends_at: None,
            ended: Vec::new(),
            sums: Vec::new(),
        };
        let mut report = Report::default();
        report.take(Err(ApiError::NoAnswer), 5);
        assert_eq!((&report.shift, &report.failure), (&None, &Some(ApiError::NoAnswer)));
        report.take(Ok(shift(1)), 10);
        report.take(Ok(shift(2)), 9);
        report.take(Err(ApiError::NoAnswer), 8);
        assert_eq!((&report.shift, &report.failure), (&Some(shift(1)), &None));
        report.take(Err(ApiError::NoAnswer), 11);
        assert_eq!((report.shift, report.failure), (Some(shift(1)), Some(ApiError::NoAnswer)));
    }
}
