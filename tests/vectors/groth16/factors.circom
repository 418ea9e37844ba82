pragma circom 2.1.0;

// I know two factors of `product`, neither of them 1. The label is bound to the proof and means nothing.
template Factors() {
    signal input product;
    signal input label;
    signal input a;
    signal input b;

    signal aInverse;
    signal bInverse;
    signal labelSquared;

    product === a * b;
    aInverse <-- 1 / (a - 1);
    aInverse * (a - 1) === 1;
    bInverse <-- 1 / (b - 1);
    bInverse * (b - 1) === 1;
    labelSquared <== label * label;
}

component main { public [product, label] } = Factors();
