//! Signed statements of how far a log went.

use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use ed25519_dalek::{Signature, Signer, Verifier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::Head;

/// That a log had a record with a hash at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The record.
    pub head: Head,
    /// When this was stated.
    pub at: Timestamp,
}

/// A checkpoint with the signature (Ed25519, RFC 8032) of its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCheckpoint {
    /// What is stated.
    pub checkpoint: Checkpoint,
    /// The signature, 64 bytes as hexadecimal digits.
    pub signature: String,
}

/// Why a key or a signature is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The text is no key.
    #[error("this is no Ed25519 key in PKCS#8 as PEM: {0}")]
    NoKey(String),
    /// The signature is not that of the key.
    #[error("the checkpoint of record {number} was not signed with this key, or was changed")]
    Forged {
        /// The record that it speaks of.
        number: i64,
    },
    /// A checkpoint cannot be written as JSON.
    #[error("the checkpoint's JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// A private key.
#[derive(Debug)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// A public key.
#[derive(Debug)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl SigningKey {
    /// Reads a key as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    ///
    /// The text is no such key.
    pub fn from_pem(text: &str) -> Result<Self, CheckpointError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(text)
            .map(Self)
            .map_err(|error| CheckpointError::NoKey(error.to_string()))
    }

    /// Signs a checkpoint.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON.
    pub fn sign(&self, checkpoint: Checkpoint) -> Result<SignedCheckpoint, CheckpointError> {
        let signature = self.0.sign(&serde_json::to_vec(&checkpoint)?);
        let bytes = signature.to_bytes();
        Ok(SignedCheckpoint {
            checkpoint,
            signature: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// Returns the public key.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }
}

impl VerifyingKey {
    /// Reads a key as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    ///
    /// The text is no such key.
    pub fn from_pem(text: &str) -> Result<Self, CheckpointError> {
        ed25519_dalek::VerifyingKey::from_public_key_pem(text)
            .map(Self)
            .map_err(|error| CheckpointError::NoKey(error.to_string()))
    }

    /// Returns what a checkpoint states, when this key's owner has signed it.
    ///
    /// # Errors
    ///
    /// Somebody else did, or it was changed since.
    pub fn verify<'c>(
        &self,
        signed: &'c SignedCheckpoint,
    ) -> Result<&'c Checkpoint, CheckpointError> {
        let forged = || CheckpointError::Forged {
            number: signed.checkpoint.head.number,
        };
        let bytes = bytes(&signed.signature).ok_or_else(forged)?;
        let signature = Signature::from_slice(&bytes).map_err(|_| forged())?;
        let text = serde_json::to_vec(&signed.checkpoint)?;
        self.0.verify(&text, &signature).map_err(|_| forged())?;
        Ok(&signed.checkpoint)
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
