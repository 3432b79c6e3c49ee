//! Encryption and keyed hashes.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{AesGcm, aead::consts::U12};
use datafusion::common::Result;

use super::rows::{Row, row_functions};
use crate::error::{Condition, Error};

row_functions! {
    AES_DECRYPT "spark_aes_decrypt" Always Skip Vec<u8>, |row| decrypted(row).map(Some);
    TRY_AES_DECRYPT "spark_try_aes_decrypt" Always Skip Vec<u8>, |row| Ok(decrypted(row).ok());
    HMAC "spark_hmac" Always Skip Vec<u8>, |row| signed(row).map(Some);
}

// A fresh initialization vector makes every run differ.
pub(crate) static AES_ENCRYPT: std::sync::LazyLock<
    std::sync::Arc<datafusion::logical_expr::ScalarUDF>,
> = std::sync::LazyLock::new(|| {
    super::udf(super::Kernel {
        name: "spark_aes_encrypt",
        nulls: super::Nulls::Always,
        volatility: datafusion::logical_expr::Volatility::Volatile,
        returns: |_| Ok(datafusion::arrow::datatypes::DataType::Binary),
        run: |args| {
            super::rows::run::<Vec<u8>>(&args, super::rows::Missing::Skip, |row| {
                encrypted(row).map(Some)
            })
        },
    })
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Gcm,
    Cbc,
    Ecb,
}

impl Mode {
    fn iv_length(self) -> usize {
        match self {
            Self::Gcm => 12,
            Self::Cbc => 16,
            Self::Ecb => 0,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gcm => "GCM",
            Self::Cbc => "CBC",
            Self::Ecb => "ECB",
        }
    }
}

fn mode(row: &Row<'_>, function: &str) -> Result<Mode> {
    let (mode, padding) = (row.text_or(2, "GCM"), row.text_or(3, "DEFAULT"));
    let plain = ["NONE", "DEFAULT"].iter().any(|name| padding.eq_ignore_ascii_case(name));
    let padded = ["PKCS", "DEFAULT"].iter().any(|name| padding.eq_ignore_ascii_case(name));
    match mode.to_ascii_uppercase().as_str() {
        "GCM" if plain => Ok(Mode::Gcm),
        "CBC" if padded => Ok(Mode::Cbc),
        "ECB" if padded => Ok(Mode::Ecb),
        _ => Err(Error::analysis(
            Condition::UNSUPPORTED_FEATURE_AES_MODE,
            [
                ("mode", mode.to_owned()),
                ("padding", padding.to_owned()),
                ("functionName", format!("`{function}`")),
            ],
        )
        .into()),
    }
}

fn refused(condition: Condition, function: &str, mode: &str, length: usize) -> Error {
    Error::analysis(
        condition,
        [
            ("functionName", format!("`{function}`")),
            ("parameter", "`key`".to_owned()),
            ("mode", mode.to_owned()),
            ("actualLength", length.to_string()),
        ],
    )
}

fn failed(function: &str) -> Error {
    Error::analysis(
        Condition::INVALID_PARAMETER_VALUE_AES_CRYPTO_ERROR,
        [
            ("functionName", format!("`{function}`")),
            ("parameter", "`expr`, `key`".to_owned()),
            ("detailMessage", "the key or the data is wrong".to_owned()),
        ],
    )
}

/// Runs `$work` with the cipher that the key's length asks for.
macro_rules! by_key {
    ($key:expr, $function:literal, $cipher:ident => $work:expr) => {
        match $key.len() {
            16 => {
                type $cipher = Aes128;
                $work
            }
            24 => {
                type $cipher = Aes192;
                $work
            }
            32 => {
                type $cipher = Aes256;
                $work
            }
            length => {
                let condition = Condition::INVALID_PARAMETER_VALUE_AES_KEY_LENGTH;
                return Err(refused(condition, $function, "", length).into());
            }
        }
    };
}

/// `aes_encrypt(data, key, mode, padding, iv, aad)`: the initialization vector, then
/// what was encrypted.
fn encrypted(row: &Row<'_>) -> Result<Vec<u8>> {
    const NAME: &str = "aes_encrypt";
    let (data, key) = (row.bytes(0), row.bytes(1));
    by_key!(key, "aes_encrypt", Cipher => {
        let mode = mode(row, NAME)?;
        let given = if row.len() > 4 { row.bytes(4) } else { &[] };
        let extra = if row.len() > 5 { row.bytes(5) } else { &[] };
        check_extras(mode, given, extra)?;
        let iv = if given.is_empty() { random(mode.iv_length()) } else { given.to_vec() };
        let error = || failed(NAME);
        let body = match mode {
            Mode::Ecb => ecb::Encryptor::<Cipher>::new_from_slice(key)
                .map_err(|_| error())?
                .encrypt_padded_vec::<Pkcs7>(data),
            Mode::Cbc => cbc::Encryptor::<Cipher>::new_from_slices(key, &iv)
                .map_err(|_| error())?
                .encrypt_padded_vec::<Pkcs7>(data),
            Mode::Gcm => {
                let cipher = AesGcm::<Cipher, U12>::new_from_slice(key).map_err(|_| error())?;
                let nonce = iv.as_slice().try_into().map_err(|_| error())?;
                cipher.encrypt(nonce, Payload { msg: data, aad: extra }).map_err(|_| error())?
            }
        };
        Ok([iv, body].concat())
    })
}

fn check_extras(mode: Mode, iv: &[u8], extra: &[u8]) -> Result<()> {
    let no = |condition| Err(refused(condition, "aes_encrypt", mode.name(), iv.len()).into());
    match mode {
        Mode::Ecb if !iv.is_empty() => no(Condition::UNSUPPORTED_FEATURE_AES_MODE_IV),
        Mode::Gcm | Mode::Cbc if !iv.is_empty() && iv.len() != mode.iv_length() => {
            no(Condition::INVALID_PARAMETER_VALUE_AES_IV_LENGTH)
        }
        Mode::Ecb | Mode::Cbc if !extra.is_empty() => {
            no(Condition::UNSUPPORTED_FEATURE_AES_MODE_AAD)
        }
        Mode::Gcm | Mode::Cbc | Mode::Ecb => Ok(()),
    }
}

fn random(length: usize) -> Vec<u8> {
    (0..length).map(|_| rand::random()).collect()
}

/// `aes_decrypt(data, key, mode, padding, aad)`.
fn decrypted(row: &Row<'_>) -> Result<Vec<u8>> {
    const NAME: &str = "aes_decrypt";
    let (data, key) = (row.bytes(0), row.bytes(1));
    by_key!(key, "aes_decrypt", Cipher => {
        let mode = mode(row, NAME)?;
        let extra = if row.len() > 4 { row.bytes(4) } else { &[] };
        check_extras(mode, &[], extra)?;
        let error = || failed(NAME);
        let (iv, body) = data.split_at_checked(mode.iv_length()).ok_or_else(error)?;
        let plain = match mode {
            Mode::Ecb => ecb::Decryptor::<Cipher>::new_from_slice(key)
                .map_err(|_| error())?
                .decrypt_padded_vec::<Pkcs7>(body)
                .map_err(|_| error())?,
            Mode::Cbc => cbc::Decryptor::<Cipher>::new_from_slices(key, iv)
                .map_err(|_| error())?
                .decrypt_padded_vec::<Pkcs7>(body)
                .map_err(|_| error())?,
            Mode::Gcm => {
                let cipher = AesGcm::<Cipher, U12>::new_from_slice(key).map_err(|_| error())?;
                let nonce = iv.try_into().map_err(|_| error())?;
                cipher.decrypt(nonce, Payload { msg: body, aad: extra }).map_err(|_| error())?
            }
        };
        Ok(plain)
    })
}

/// `hmac(key, message, algorithm)`.
fn signed(row: &Row<'_>) -> Result<Vec<u8>> {
    use hmac::{Hmac, Mac};
    let (key, message) = (row.bytes(0), row.bytes(1));
    let algorithm = row.text_or(2, "SHA-256");
    let refused = |condition, detail: &str| {
        Error::analysis(
            condition,
            [
                ("functionName", "`hmac`".to_owned()),
                ("parameter", "`algorithm`".to_owned()),
                ("algorithm", algorithm.to_owned()),
                ("detailMessage", detail.to_owned()),
            ],
        )
    };
    if key.is_empty() {
        let condition = Condition::INVALID_PARAMETER_VALUE_HMAC_CRYPTO_ERROR;
        return Err(refused(condition, "the key is empty").into());
    }
    macro_rules! mac {
        ($hash:ty) => {{
            let mac = <Hmac<$hash> as KeyInit>::new_from_slice(key);
            let mac = mac.map_err(|_| {
                refused(Condition::INVALID_PARAMETER_VALUE_HMAC_CRYPTO_ERROR, "the key is wrong")
            })?;
            Ok(mac.chain_update(message).finalize().into_bytes().to_vec())
        }};
    }
    match algorithm.to_ascii_uppercase().as_str() {
        "SHA-1" | "SHA1" => mac!(sha1::Sha1),
        "SHA-224" | "SHA224" => mac!(sha2::Sha224),
        "SHA-256" | "SHA256" => mac!(sha2::Sha256),
        "SHA-384" | "SHA384" => mac!(sha2::Sha384),
        "SHA-512" | "SHA512" => mac!(sha2::Sha512),
        "MD5" => mac!(md5::Md5),
        _ => Err(refused(Condition::INVALID_PARAMETER_VALUE_HMAC_ALGORITHM, "").into()),
    }
}
