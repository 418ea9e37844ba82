// SPDX-License-Identifier: Apache-2.0
// Generated from circuits/manifest.toml by `make generate`; change that file, not this one.
pragma solidity 0.8.37;

library Shared {
    uint256 internal constant BITS_ACCOUNT = 24;
    uint256 internal constant BITS_SLOT = 8;
    uint256 internal constant BITS_LISTING = 32;
    uint256 internal constant BITS_PLACE = 8;
    uint256 internal constant BITS_NONCE = 40;
    uint256 internal constant BITS_QUANTITY = 40;
    uint256 internal constant BITS_PRICE = 40;
    uint256 internal constant BITS_TIME = 40;
    uint256 internal constant BITS_CASH = 80;
    uint256 internal constant BITS_FEE = 56;
    uint256 internal constant BITS_AMOUNT = 64;
    uint256 internal constant BITS_VALUE = 47;
    uint256 internal constant BITS_CUSTODY = 64;
    uint256 internal constant BITS_TRADED = 64;
    uint256 internal constant BITS_LOTS = 104;
    uint256 internal constant BITS_STUCK = 160;
    uint256 internal constant BITS_PPM = 20;
    uint256 internal constant BITS_LEVERAGE = 40;
    uint256 internal constant BITS_JURISDICTION = 16;
    uint256 internal constant BITS_PLAINTEXT = 240;
    uint256 internal constant BITS_HEADER = 252;

    uint8 internal constant STATUS_EMPTY = 0;
    uint8 internal constant STATUS_ACTIVE = 1;
    uint8 internal constant STATUS_REDUCE_ONLY = 2;
    uint8 internal constant STATUS_SETTLED = 3;
    uint8 internal constant STATUS_HALTED = 4;

    uint8 internal constant SIDE_BUY = 0;
    uint8 internal constant SIDE_SELL = 1;

    uint8 internal constant STEP_KIND_TRADE = 1;
    uint8 internal constant STEP_KIND_FUNDS = 2;
    uint8 internal constant STEP_KIND_LIQUIDATE = 3;

    uint8 internal constant HEADER_DEPOSIT = 1;
    uint8 internal constant HEADER_WITHDRAW = 2;
    uint8 internal constant HEADER_NOTE = 3;
    uint8 internal constant HEADER_FORCED = 4;
    uint8 internal constant HEADER_INTERNAL = 5;
    uint8 internal constant HEADER_CLOSE = 6;

    uint8 internal constant OPERATION_DEPOSIT = 1;
    uint8 internal constant OPERATION_WITHDRAW = 2;
    uint8 internal constant OPERATION_NOTE = 3;
    uint8 internal constant OPERATION_FORCED = 4;
    uint8 internal constant OPERATION_TRANSFER_OUT = 5;
    uint8 internal constant OPERATION_TRANSFER_IN = 6;
    uint8 internal constant OPERATION_ROTATE = 7;
    uint8 internal constant OPERATION_CANCEL = 8;
    uint8 internal constant OPERATION_FEE_CREDIT = 9;
    uint8 internal constant OPERATION_DECOY = 10;

    uint8 internal constant MODE_NONE = 0;
    uint8 internal constant MODE_LIQUIDATE = 1;
    uint8 internal constant MODE_TAKEOVER = 2;
    uint8 internal constant MODE_DELEVERAGE = 3;
    uint8 internal constant MODE_CLOSE = 4;

    uint256 internal constant ORDER1_ACCOUNT_AT = 0;
    uint256 internal constant ORDER1_SLOT_AT = 24;
    uint256 internal constant ORDER1_LISTING_AT = 32;
    uint256 internal constant ORDER1_SIDE_AT = 64;
    uint256 internal constant ORDER1_REDUCE_ONLY_AT = 65;
    uint256 internal constant ORDER1_PLACE_AT = 66;
    uint256 internal constant ORDER1_NONCE_AT = 74;
    uint256 internal constant ORDER1_EXPIRY_AT = 114;

    uint256 internal constant ORDER2_LIMIT_AT = 0;
    uint256 internal constant ORDER2_MAX_FEE_PPM_AT = 40;
    uint256 internal constant ORDER2_QUANTITY_AT = 56;

    uint256 internal constant OPERATION_KIND_AT = 0;
    uint256 internal constant OPERATION_ACCOUNT_AT = 8;
    uint256 internal constant OPERATION_NONCE_AT = 32;
    uint256 internal constant OPERATION_EXPIRY_AT = 72;
    uint256 internal constant OPERATION_AMOUNT_AT = 112;

    uint256 internal constant PLACE_FILLED_AT = 0;
    uint256 internal constant PLACE_NONCE_AT = 40;

    uint256 internal constant LEG_SLOT_AT = 0;
    uint256 internal constant LEG_SIDE_AT = 8;
    uint256 internal constant LEG_QUANTITY_AT = 9;
    uint256 internal constant LEG_CASH_AT = 49;
    uint256 internal constant LEG_FEE_AT = 129;
    uint256 internal constant LEG_PLACE_AT = 185;
    uint256 internal constant LEG_NONCE_AT = 193;
    uint256 internal constant LEG_MODE_AT = 233;

    uint256 internal constant MARK_STATUS_AT = 0;
    uint256 internal constant MARK_LISTING_AT = 3;
    uint256 internal constant MARK_FUNDING_AT = 35;
    uint256 internal constant MARK_VALUE_AT = 83;
    uint256 internal constant MARK_RISK_LONG_AT = 131;
    uint256 internal constant MARK_RISK_SHORT_AT = 179;

    uint256 internal constant HEADER_KIND_AT = 0;
    uint256 internal constant HEADER_INDEX_AT = 4;
    uint256 internal constant HEADER_ASSET_AT = 28;
    uint256 internal constant HEADER_AMOUNT_AT = 36;
    uint256 internal constant HEADER_REQUEST_AT = 100;

    uint256 internal constant CREDENTIAL_JURISDICTION_AT = 0;
    uint256 internal constant CREDENTIAL_ACCREDITED_AT = 16;
    uint256 internal constant CREDENTIAL_EXPIRY_AT = 17;

    uint256 internal constant OPERATION_TEXT_KIND_AT = 0;
    uint256 internal constant OPERATION_TEXT_AMOUNT_AT = 8;
    uint256 internal constant OPERATION_TEXT_NONCE_AT = 72;
    uint256 internal constant OPERATION_TEXT_PEER_AT = 112;

    uint256 internal constant STEP_INPUTS = 12;
    uint256 internal constant STEP_INPUT_DOMAIN = 0;
    uint256 internal constant STEP_INPUT_STATE_BEFORE = 1;
    uint256 internal constant STEP_INPUT_STATE_AFTER = 2;
    uint256 internal constant STEP_INPUT_SUSPENSE_BEFORE = 3;
    uint256 internal constant STEP_INPUT_SUSPENSE_AFTER = 4;
    uint256 internal constant STEP_INPUT_RISK_ROOT = 5;
    uint256 internal constant STEP_INPUT_PARAMS_HASH = 6;
    uint256 internal constant STEP_INPUT_TIME = 7;
    uint256 internal constant STEP_INPUT_SALT = 8;
    uint256 internal constant STEP_INPUT_DATA_COMMIT = 9;
    uint256 internal constant STEP_INPUT_Z = 10;
    uint256 internal constant STEP_INPUT_Y = 11;

    uint256 internal constant WITHDRAW_INPUTS = 7;
    uint256 internal constant WITHDRAW_INPUT_DOMAIN = 0;
    uint256 internal constant WITHDRAW_INPUT_STATE_ROOT = 1;
    uint256 internal constant WITHDRAW_INPUT_NULLIFIER_HASH = 2;
    uint256 internal constant WITHDRAW_INPUT_AMOUNT = 3;
    uint256 internal constant WITHDRAW_INPUT_ASSOCIATION_ROOT = 4;
    uint256 internal constant WITHDRAW_INPUT_LABEL = 5;
    uint256 internal constant WITHDRAW_INPUT_CONTEXT = 6;

    uint256 internal constant ESCAPE_INPUTS = 6;
    uint256 internal constant ESCAPE_INPUT_DOMAIN = 0;
    uint256 internal constant ESCAPE_INPUT_STATE_ROOT = 1;
    uint256 internal constant ESCAPE_INPUT_RISK_ROOT = 2;
    uint256 internal constant ESCAPE_INPUT_INDEX = 3;
    uint256 internal constant ESCAPE_INPUT_L1_OWNER = 4;
    uint256 internal constant ESCAPE_INPUT_CLAIM = 5;

    uint256 internal constant SOLVENCY_INPUTS = 11;
    uint256 internal constant SOLVENCY_INPUT_DOMAIN = 0;
    uint256 internal constant SOLVENCY_INPUT_STATE_ROOT = 1;
    uint256 internal constant SOLVENCY_INPUT_RISK_ROOT = 2;
    uint256 internal constant SOLVENCY_INPUT_TOTALS_BEFORE = 3;
    uint256 internal constant SOLVENCY_INPUT_TOTALS_AFTER = 4;
    uint256 internal constant SOLVENCY_INPUT_ACCOUNTS = 5;
    uint256 internal constant SOLVENCY_INPUT_FAILED = 6;
    uint256 internal constant SOLVENCY_INPUT_BALANCED = 7;
    uint256 internal constant SOLVENCY_INPUT_FUND_SOLVENT = 8;
    uint256 internal constant SOLVENCY_INPUT_EMPTY_SLOTS = 9;
    uint256 internal constant SOLVENCY_INPUT_CUSTODY_COMMIT = 10;

    uint256 internal constant ACCOUNT_INPUTS = 14;
    uint256 internal constant ACCOUNT_INPUT_DOMAIN = 0;
    uint256 internal constant ACCOUNT_INPUT_STATE_ROOT = 1;
    uint256 internal constant ACCOUNT_INPUT_RISK_ROOT = 2;
    uint256 internal constant ACCOUNT_INPUT_VERIFIER = 3;
    uint256 internal constant ACCOUNT_INPUT_CHALLENGE = 4;
    uint256 internal constant ACCOUNT_INPUT_PSEUDONYM = 5;
    uint256 internal constant ACCOUNT_INPUT_ASKED = 6;
    uint256 internal constant ACCOUNT_INPUT_EQUITY = 7;
    uint256 internal constant ACCOUNT_INPUT_LEVERAGE = 8;
    uint256 internal constant ACCOUNT_INPUT_EXPOSURE = 9;
    uint256 internal constant ACCOUNT_INPUT_HEADROOM = 10;
    uint256 internal constant ACCOUNT_INPUT_ISSUER = 11;
    uint256 internal constant ACCOUNT_INPUT_DENIED = 12;
    uint256 internal constant ACCOUNT_INPUT_NOW = 13;
}
