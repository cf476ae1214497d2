//! Documents that become requests.
