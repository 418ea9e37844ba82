//! The vectors recorded from circomlibjs that every implementation of the mathematics is held to.

use serde_json::Value;
use zkclear_crypto::curve::Point;
use zkclear_crypto::eddsa::{PublicKey, Signature, SigningKey, verify, verify_many};
use zkclear_crypto::tree::{Proof, Tree, root_of};
use zkclear_crypto::{Error, Fr, Integer, blake512, ethereum, lists, poseidon};

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../tests/vectors/crypto.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).expect("the vectors are in the repository"))
        .expect("JSON")
}

fn cases(section: &str) -> Vec<Value> {
    let cases = vectors()[section].as_array().expect(section).clone();
    assert!(!cases.is_empty(), "{section}");
    cases
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn integer(value: &Value) -> Integer {
    let mut limbs = [0u64; 4];
    for digit in text(value).bytes() {
        let mut carry = u128::from(digit - b'0');
        for limb in &mut limbs {
            carry += u128::from(*limb) * 10;
            *limb = carry as u64;
            carry >>= 64;
        }
        assert_eq!(carry, 0, "{value} is not below 2^256");
    }
    Integer::new(limbs)
}

fn is_wide(value: &Value) -> bool {
    text(value).len() > 77 // 2^256 has 78 digits; only the refusals go beyond, and only by 2^256 itself
}

fn element(value: &Value) -> Result<Fr, Error> {
    let bytes: Vec<u8> = integer(value)
        .0
        .iter()
        .flat_map(|limb| limb.to_le_bytes())
        .collect();
    zkclear_crypto::element_from_le_bytes(bytes.as_slice().try_into().expect("32 bytes"))
}

fn elements(value: &Value) -> Result<Vec<Fr>, Error> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(element)
        .collect()
}

fn point(value: &Value) -> Result<Point, Error> {
    Point::new(element(&value[0])?, element(&value[1])?)
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = text(value).strip_prefix("0x").expect("hexadecimal");
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).expect("hexadecimal"))
        .collect()
}

fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| text(value).parse().expect("a number"))
}

fn item(case: &Value) -> Result<(PublicKey, Fr, Signature), Error> {
    let key = PublicKey::new(point(&case["key"])?)?;
    let signature = Signature::new(point(&case["r8"])?, integer(&case["s"]))?;
    Ok((key, element(&case["message"])?, signature))
}

fn proof(case: &Value) -> Result<Proof, Error> {
    let levels = case["siblings"].as_array().expect("levels");
    let seven = |level: &Value| {
        let siblings = elements(level)?;
        let actual = siblings.len();
        siblings.try_into().map_err(|_| Error::WrongLength {
            what: "siblings",
            expected: "7".into(),
            actual,
        })
    };
    Ok(Proof {
        index: number(&case["index"]),
        leaf: element(&case["leaf"])?,
        siblings: levels.iter().map(seven).collect::<Result<_, _>>()?,
    })
}

#[test]
fn poseidon_equals_circomlibjs() {
    for case in cases("poseidon") {
        let (inputs, tag) = (
            elements(&case["inputs"]).unwrap(),
            element(&case["tag"]).unwrap(),
        );
        let outputs = elements(&case["outputs"]).unwrap();
        assert_eq!(
            poseidon::hash_extended(&inputs, outputs.len(), tag).unwrap(),
            outputs,
            "{case}"
        );
        assert_eq!(poseidon::hash(&inputs, tag).unwrap(), outputs[0]);
        assert_eq!(
            poseidon::hash_many(&[inputs.clone(), inputs], tag).unwrap(),
            [outputs[0]; 2]
        );
    }
}

#[test]
fn lists_equal_circomlibjs() {
    for case in cases("hash_list") {
        let list = elements(&case["elements"]).unwrap();
        assert_eq!(
            lists::hash_list(&list, number(&case["tag"])).unwrap(),
            element(&case["hash"]).unwrap(),
            "{case}"
        );
    }
    for case in cases("stream") {
        let (key, tag) = (
            element(&case["key"]).unwrap(),
            element(&case["tag"]).unwrap(),
        );
        let words = number(&case["words"]) as usize;
        assert_eq!(
            lists::stream(key, words, tag).unwrap(),
            elements(&case["elements"]).unwrap(),
            "{case}"
        );
    }
}

#[test]
fn curve_equals_circomlibjs() {
    for case in cases("add") {
        let (left, right) = (
            point(&case["left"]).unwrap(),
            point(&case["right"]).unwrap(),
        );
        assert_eq!(left.add(&right), point(&case["sum"]).unwrap(), "{case}");
    }
    for case in cases("multiply") {
        let product = point(&case["point"])
            .unwrap()
            .multiply(&integer(&case["scalar"]));
        assert_eq!(product, point(&case["product"]).unwrap(), "{case}");
    }
    for case in cases("packing") {
        let (point, packed) = (point(&case["point"]).unwrap(), bytes(&case["packed"]));
        assert_eq!(point.pack().as_slice(), packed, "{case}");
        assert_eq!(Point::unpack(&packed).unwrap(), point, "{case}");
    }
}

#[test]
fn signatures_equal_circomlibjs() {
    for case in cases("eddsa") {
        let key = SigningKey::new(&bytes(&case["secret"])).unwrap();
        let message = element(&case["message"]).unwrap();
        let signature = key.sign(&message);
        assert_eq!(
            *key.public_key(),
            point(&case["public_key"]).unwrap(),
            "{case}"
        );
        assert_eq!(*signature.r8(), point(&case["r8"]).unwrap(), "{case}");
        assert_eq!(*signature.s(), integer(&case["s"]), "{case}");
        assert!(verify(
            &PublicKey::new(*key.public_key()).unwrap(),
            &message,
            &signature
        ));
    }
}

#[test]
fn verification_equals_circomlibjs() {
    let cases = cases("verify");
    let items: Vec<_> = cases.iter().map(|case| item(case).unwrap()).collect();
    let expected: Vec<bool> = cases
        .iter()
        .map(|case| case["valid"].as_bool().unwrap())
        .collect();
    let single: Vec<bool> = items
        .iter()
        .map(|(key, message, signature)| verify(key, message, signature))
        .collect();
    assert_eq!(single, expected);
    assert_eq!(verify_many(&items), expected);
}

#[test]
fn trees_equal_circomlibjs() {
    for case in cases("tree") {
        let tag = element(&case["tag"]).unwrap();
        let mut tree = Tree::new(number(&case["depth"]) as usize, tag).unwrap();
        let mut roots = vec![tree.root()];
        for batch in case["updates"].as_array().unwrap() {
            let change = |pair: &Value| (number(&pair[0]), element(&pair[1]).unwrap());
            tree.update(
                &batch
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(change)
                    .collect::<Vec<_>>(),
            )
            .unwrap();
            roots.push(tree.root());
        }
        assert_eq!(roots, elements(&case["roots"]).unwrap());
        for expected in case["proofs"].as_array().unwrap() {
            let expected = proof(expected).unwrap();
            assert_eq!(tree.proof(expected.index).unwrap(), expected);
            assert_eq!(root_of(&expected, tag).unwrap(), tree.root());
        }
    }
}

#[test]
fn hashes_and_recovery_equal_circomlibjs_and_ethers() {
    for case in cases("keccak256") {
        assert_eq!(
            ethereum::keccak256(&bytes(&case["data"])).as_slice(),
            bytes(&case["digest"]),
            "{case}"
        );
    }
    for case in cases("blake512") {
        assert_eq!(
            blake512::blake512(&bytes(&case["data"])).as_slice(),
            bytes(&case["digest"]),
            "{case}"
        );
    }
    for case in cases("recover") {
        let address =
            ethereum::recover(&bytes(&case["digest"]), &bytes(&case["signature"])).unwrap();
        assert_eq!(address.as_slice(), bytes(&case["address"]), "{case}");
    }
}

#[test]
fn bad_input_is_refused_with_its_value() {
    for case in cases("refused") {
        if case.get("scalar").is_some_and(is_wide) {
            continue; // beyond what the types of this library can hold: Python's side of the door refuses it
        }
        let error = attempt(&case).expect_err(&case.to_string());
        let (name, value) = match error {
            Error::NotAFieldElement(value) => ("NotAFieldElement", value.to_string()),
            Error::WrongLength { actual, .. } => ("WrongLength", actual.to_string()),
            Error::PointNotOnCurve(x, y) => ("PointNotOnCurve", format!("{x},{y}")),
            Error::PointOfSmallOrder(x, y) => ("PointOfSmallOrder", format!("{x},{y}")),
            Error::ScalarOutOfRange { value, .. } => ("ScalarOutOfRange", value.to_string()),
            Error::IndexOutOfRange { index, .. } => ("IndexOutOfRange", index.to_string()),
            Error::UnrecoverableSignature { signature, .. } => {
                assert_eq!(signature.as_slice(), bytes(&case["value"]));
                ("UnrecoverableSignature", text(&case["value"]).to_string())
            }
        };
        let expected = match &case["value"] {
            Value::Array(pair) => format!("{},{}", text(&pair[0]), text(&pair[1])),
            value => text(value).to_string(),
        };
        assert_eq!((name, value), (text(&case["error"]), expected), "{case}");
    }
}

fn attempt(case: &Value) -> Result<(), Error> {
    match text(&case["verb"]) {
        "poseidon" => {
            let outputs = number(&case["outputs"]) as usize;
            poseidon::hash_extended(&elements(&case["inputs"])?, outputs, element(&case["tag"])?)
                .map(drop)
        }
        "hash_list" => {
            lists::hash_list(&elements(&case["elements"])?, number(&case["tag"])).map(drop)
        }
        "stream" => lists::stream(
            element(&case["key"])?,
            number(&case["words"]) as usize,
            element(&case["tag"])?,
        )
        .map(drop),
        "check_key" => point(&case["key"])?.check_key(),
        "add" => point(&case["left"])
            .and_then(|_| point(&case["right"]))
            .map(drop),
        "multiply" | "pack_point" => point(&case["point"]).map(drop),
        "public_key" => SigningKey::new(&bytes(&case["secret"])).map(drop),
        "sign" => element(&case["message"])
            .and_then(|_| SigningKey::new(&bytes(&case["secret"])))
            .map(drop),
        "verify" => item(case).map(drop),
        "unpack_point" => Point::unpack(&bytes(&case["packed"])).map(drop),
        "tree" => {
            let mut tree = Tree::new(number(&case["depth"]) as usize, element(&case["tag"])?)?;
            let leaves = case["leaves"].as_array().expect("leaves");
            let changes: Result<Vec<_>, Error> = leaves
                .iter()
                .map(|pair| Ok((number(&pair[0]), element(&pair[1])?)))
                .collect();
            tree.update(&changes?)
        }
        "root_of" => root_of(&proof(case)?, element(&case["tag"])?).map(drop),
        "recover" => {
            ethereum::recover(&bytes(&case["digest"]), &bytes(&case["signature"])).map(drop)
        }
        verb => panic!("no such verb: {verb}"),
    }
}
