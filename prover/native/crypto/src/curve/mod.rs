//! Baby Jubjub in circomlib's twisted Edwards form, 168700·x² + y² = 1 + 168696·x²·y² over the BN254 scalar field.
//!
//! The curve has 8·l points; [`BASE8`] generates the subgroup of prime order l. Addition is complete: a is a square
//! and d is not, so no pair of points needs a special case.
//!
//! A [`Point`] is always on the curve. Arithmetic runs on an isomorphic curve with a = -1, see [`edwards`]; what is
//! here and in [`variable_time`] is for public data, [`constant_time`] is for secret scalars.

pub(crate) mod constant_time;
pub(crate) mod edwards;
pub(crate) mod packing;
pub(crate) mod scalar;
pub(crate) mod subgroup;
pub(crate) mod variable_time;

use ark_ff::{BigInt, Field, MontFp};

use self::edwards::{Affine, Extended};
use crate::{Error, Fr, Integer, Result};

/// Coefficient of x² in the curve equation.
pub const A: Fr = MontFp!("168700");
/// Coefficient of x²·y² in the curve equation.
pub const D: Fr = MontFp!("168696");

/// The prime order l of the subgroup that [`BASE8`] generates.
pub const SUBGROUP_ORDER: Integer =
    BigInt!("2736030358979909402780800718157159386076813972158567259200215660948447373041");

/// circomlib's base point: eight times the generator of the whole curve.
pub const BASE8: Point = Point {
    x: MontFp!("5299619240641551281634865583518297030282874472190772894086521144482721001553"),
    y: MontFp!("16950150798460657717958625567821834550301663161624707787222815936182638968203"),
};

/// A generator of the whole curve, of order 8·l.
pub const GENERATOR: Point = Point {
    x: MontFp!("995203441582195749578291179787384436505546430278305826713579947235728471134"),
    y: MontFp!("5472060717959818805561601436314318772137091100104008585924551046643952123905"),
};

/// The neutral element.
pub const IDENTITY: Point = Point {
    x: MontFp!("0"),
    y: MontFp!("1"),
};

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    x: Fr,
    y: Fr,
}

impl Point {
    /// The point with these coordinates, if it is on the curve.
    pub fn new(x: Fr, y: Fr) -> Result<Self> {
        let (xx, yy) = (x.square(), y.square());
        if A * xx + yy == Fr::ONE + D * xx * yy {
            Ok(Self { x, y })
        } else {
            Err(Error::PointNotOnCurve(x, y))
        }
    }

    /// For coordinates that follow from curve arithmetic.
    pub(crate) fn from_arithmetic(x: Fr, y: Fr) -> Self {
        debug_assert!(Self::new(x, y).is_ok());
        Self { x, y }
    }

    /// The first coordinate.
    pub fn x(&self) -> Fr {
        self.x
    }

    /// The second coordinate.
    pub fn y(&self) -> Fr {
        self.y
    }

    /// The sum of two points.
    pub fn add(&self, other: &Self) -> Self {
        self.extended().add(&other.extended().prepared()).to_point()
    }

    /// `scalar` times the point; the scalar is not reduced, because the point may lie outside the subgroup.
    pub fn multiply(&self, scalar: &Integer) -> Self {
        variable_time::multiply(&self.extended(), scalar).to_point()
    }

    /// Refuses a point K with 8·K the identity: as a key it would verify anything.
    pub fn check_key(&self) -> Result<()> {
        let eightfold = self.extended().double().double().double();
        if eightfold.is_identity() {
            Err(Error::PointOfSmallOrder(self.x, self.y))
        } else {
            Ok(())
        }
    }

    /// Whether l times the point is the identity.
    pub fn is_in_subgroup(&self) -> bool {
        subgroup::contains(self)
    }

    pub(crate) fn affine(&self) -> Affine<Fr> {
        Affine {
            x: self.x * edwards::SCALE,
            y: self.y,
        }
    }

    pub(crate) fn extended(&self) -> Extended<Fr> {
        self.affine().extended()
    }
}

impl Extended<Fr> {
    pub(crate) fn to_point(self) -> Point {
        // With complete formulas Z is never 0.
        let inverse = self.z.inverse().unwrap_or_default();
        Point::from_arithmetic(self.x * inverse * edwards::UNSCALE, self.y * inverse)
    }
}
