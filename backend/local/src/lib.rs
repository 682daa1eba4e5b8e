//! aws-local
