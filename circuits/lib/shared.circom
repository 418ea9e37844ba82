// Generated from circuits/manifest.toml by `make generate`; change that file, not this one.
pragma circom 2.2.0;

function TAG_NODE() { return 1; }
function TAG_STREAM() { return 2; }
function TAG_UPDATE() { return 3; }
function TAG_OWNER() { return 4; }
function TAG_VIEW() { return 5; }
function TAG_NOTEKEY() { return 6; }
function TAG_KEYS() { return 7; }
function TAG_ACCOUNT() { return 8; }
function TAG_VECTOR() { return 9; }
function TAG_CHUNK() { return 10; }
function TAG_ORDERS() { return 11; }
function TAG_ORDER() { return 12; }
function TAG_OPERATION() { return 13; }
function TAG_STATE() { return 14; }
function TAG_CUSTODY() { return 15; }
function TAG_SUSPENSE() { return 16; }
function TAG_RISK() { return 17; }
function TAG_MARKS() { return 18; }
function TAG_STRESS() { return 19; }
function TAG_PARAMS() { return 20; }
function TAG_DATA() { return 21; }
function TAG_PRE() { return 22; }
function TAG_PREKEY() { return 23; }
function TAG_NOTE() { return 24; }
function TAG_NULL() { return 25; }
function TAG_ASSOC() { return 26; }
function TAG_PSEUDONYM() { return 27; }
function TAG_SOLVENCY() { return 28; }
function TAG_KEY() { return 29; }
function TAG_LOTRISK() { return 30; }
function TAG_ATTEST() { return 31; }
function TAG_CREDENTIAL() { return 32; }
function TAG_CONTEXT() { return 33; }

function BITS_ACCOUNT() { return 24; }
function BITS_SLOT() { return 8; }
function BITS_LISTING() { return 32; }
function BITS_PLACE() { return 8; }
function BITS_NONCE() { return 40; }
function BITS_QUANTITY() { return 40; }
function BITS_PRICE() { return 40; }
function BITS_TIME() { return 40; }
function BITS_CASH() { return 80; }
function BITS_FEE() { return 56; }
function BITS_AMOUNT() { return 64; }
function BITS_VALUE() { return 47; }
function BITS_CUSTODY() { return 64; }
function BITS_TRADED() { return 64; }
function BITS_LOTS() { return 104; }
function BITS_STUCK() { return 160; }
function BITS_PPM() { return 20; }
function BITS_LEVERAGE() { return 40; }
function BITS_JURISDICTION() { return 16; }
function BITS_PLAINTEXT() { return 240; }
function BITS_HEADER() { return 252; }

function STATUS_EMPTY() { return 0; }
function STATUS_ACTIVE() { return 1; }
function STATUS_REDUCE_ONLY() { return 2; }
function STATUS_SETTLED() { return 3; }
function STATUS_HALTED() { return 4; }

function SIDE_BUY() { return 0; }
function SIDE_SELL() { return 1; }

function STEP_KIND_TRADE() { return 1; }
function STEP_KIND_FUNDS() { return 2; }
function STEP_KIND_LIQUIDATE() { return 3; }

function HEADER_DEPOSIT() { return 1; }
function HEADER_WITHDRAW() { return 2; }
function HEADER_NOTE() { return 3; }
function HEADER_FORCED() { return 4; }
function HEADER_INTERNAL() { return 5; }
function HEADER_CLOSE() { return 6; }

function OPERATION_DEPOSIT() { return 1; }
function OPERATION_WITHDRAW() { return 2; }
function OPERATION_NOTE() { return 3; }
function OPERATION_FORCED() { return 4; }
function OPERATION_TRANSFER_OUT() { return 5; }
function OPERATION_TRANSFER_IN() { return 6; }
function OPERATION_ROTATE() { return 7; }
function OPERATION_CANCEL() { return 8; }
function OPERATION_FEE_CREDIT() { return 9; }
function OPERATION_DECOY() { return 10; }

function MODE_NONE() { return 0; }
function MODE_LIQUIDATE() { return 1; }
function MODE_TAKEOVER() { return 2; }
function MODE_DELEVERAGE() { return 3; }
function MODE_CLOSE() { return 4; }

function AT_ORDER1_ACCOUNT() { return 1 << 0; }
function AT_ORDER1_SLOT() { return 1 << 24; }
function AT_ORDER1_LISTING() { return 1 << 32; }
function AT_ORDER1_SIDE() { return 1 << 64; }
function AT_ORDER1_REDUCE_ONLY() { return 1 << 65; }
function AT_ORDER1_PLACE() { return 1 << 66; }
function AT_ORDER1_NONCE() { return 1 << 74; }
function AT_ORDER1_EXPIRY() { return 1 << 114; }

function AT_ORDER2_LIMIT() { return 1 << 0; }
function AT_ORDER2_MAX_FEE_PPM() { return 1 << 40; }
function AT_ORDER2_QUANTITY() { return 1 << 56; }

function AT_OPERATION_KIND() { return 1 << 0; }
function AT_OPERATION_ACCOUNT() { return 1 << 8; }
function AT_OPERATION_NONCE() { return 1 << 32; }
function AT_OPERATION_EXPIRY() { return 1 << 72; }
function AT_OPERATION_AMOUNT() { return 1 << 112; }

function AT_PLACE_FILLED() { return 1 << 0; }
function AT_PLACE_NONCE() { return 1 << 40; }

function AT_LEG_SLOT() { return 1 << 0; }
function AT_LEG_SIDE() { return 1 << 8; }
function AT_LEG_QUANTITY() { return 1 << 9; }
function AT_LEG_CASH() { return 1 << 49; }
function AT_LEG_FEE() { return 1 << 129; }
function AT_LEG_PLACE() { return 1 << 185; }
function AT_LEG_NONCE() { return 1 << 193; }
function AT_LEG_MODE() { return 1 << 233; }

function AT_MARK_STATUS() { return 1 << 0; }
function AT_MARK_LISTING() { return 1 << 3; }
function AT_MARK_FUNDING() { return 1 << 35; }
function AT_MARK_VALUE() { return 1 << 83; }
function AT_MARK_RISK_LONG() { return 1 << 131; }
function AT_MARK_RISK_SHORT() { return 1 << 179; }

function AT_HEADER_KIND() { return 1 << 0; }
function AT_HEADER_INDEX() { return 1 << 4; }
function AT_HEADER_ASSET() { return 1 << 28; }
function AT_HEADER_AMOUNT() { return 1 << 36; }
function AT_HEADER_REQUEST() { return 1 << 100; }

function AT_CREDENTIAL_JURISDICTION() { return 1 << 0; }
function AT_CREDENTIAL_ACCREDITED() { return 1 << 16; }
function AT_CREDENTIAL_EXPIRY() { return 1 << 17; }

function AT_OPERATION_TEXT_KIND() { return 1 << 0; }
function AT_OPERATION_TEXT_AMOUNT() { return 1 << 8; }
function AT_OPERATION_TEXT_NONCE() { return 1 << 72; }
function AT_OPERATION_TEXT_PEER() { return 1 << 112; }
