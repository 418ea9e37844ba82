// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheatcodes of forge that these tests use. forge-std is not on the package registry under its makers' name,
/// so we declare them ourselves.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    // -- the chain

    function warp(uint256 time) external;
    function roll(uint256 number) external;
    function chainId(uint256 id) external;
    function prank(address sender) external;
    function prank(address sender, address origin) external;
    function startPrank(address sender) external;
    function startPrank(address sender, address origin) external;
    function stopPrank() external;
    function deal(address account, uint256 wei_) external;
    function etch(address account, bytes calldata code) external;
    function store(address account, bytes32 slot, bytes32 value) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool);

    // -- what happens next

    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function expectCall(address account, bytes calldata data) external;
    function expectCall(address account, bytes calldata data, uint64 count) external;
    function mockCall(address account, bytes calldata data, bytes calldata answer) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function assume(bool condition) external pure;

    // -- keys

    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function signCompact(uint256 privateKey, bytes32 digest) external pure returns (bytes32 r, bytes32 vs);
    function label(address account, string calldata name) external;

    // -- files and numbers

    function readFile(string calldata path) external view returns (string memory);
    function parseJson(string calldata json, string calldata key) external pure returns (bytes memory);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function parseJsonUintArray(string calldata json, string calldata key) external pure returns (uint256[] memory);
    function parseJsonInt(string calldata json, string calldata key) external pure returns (int256);
    function parseJsonBool(string calldata json, string calldata key) external pure returns (bool);
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
    function parseJsonAddressArray(string calldata json, string calldata key) external pure returns (address[] memory);
    function parseJsonString(string calldata json, string calldata key) external pure returns (string memory);
    function parseJsonStringArray(string calldata json, string calldata key) external pure returns (string[] memory);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonBytes32Array(string calldata json, string calldata key) external pure returns (bytes32[] memory);
    function parseJsonKeys(string calldata json, string calldata key) external pure returns (string[] memory);
    function keyExistsJson(string calldata json, string calldata key) external view returns (bool);
    function envOr(string calldata name, string calldata otherwise) external view returns (string memory);
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
    function envOr(string calldata name, bool otherwise) external view returns (bool);
    function toString(uint256 value) external pure returns (string memory);
    function toString(int256 value) external pure returns (string memory);
    function toString(address value) external pure returns (string memory);
    function toString(bytes32 value) external pure returns (string memory);
    function toString(bytes calldata value) external pure returns (string memory);

    // -- gas that is written down under snapshots/

    function startSnapshotGas(string calldata name) external;
    function startSnapshotGas(string calldata group, string calldata name) external;
    function stopSnapshotGas() external returns (uint256 gas);
    function snapshotGasLastCall(string calldata name) external returns (uint256 gas);
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gas);
    function cool(address target) external;
    function snapshotValue(string calldata name, uint256 value) external;
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;

    // -- what must hold

    function assertTrue(bool condition) external pure;
    function assertTrue(bool condition, string calldata message) external pure;
    function assertFalse(bool condition) external pure;
    function assertFalse(bool condition, string calldata message) external pure;
    function assertEq(bool one, bool other) external pure;
    function assertEq(bool one, bool other, string calldata message) external pure;
    function assertEq(uint256 one, uint256 other) external pure;
    function assertEq(uint256 one, uint256 other, string calldata message) external pure;
    function assertEq(int256 one, int256 other) external pure;
    function assertEq(int256 one, int256 other, string calldata message) external pure;
    function assertEq(address one, address other) external pure;
    function assertEq(address one, address other, string calldata message) external pure;
    function assertEq(bytes32 one, bytes32 other) external pure;
    function assertEq(bytes32 one, bytes32 other, string calldata message) external pure;
    function assertEq(string calldata one, string calldata other) external pure;
    function assertEq(string calldata one, string calldata other, string calldata message) external pure;
    function assertEq(bytes calldata one, bytes calldata other) external pure;
    function assertEq(bytes calldata one, bytes calldata other, string calldata message) external pure;
    function assertEq(uint256[] calldata one, uint256[] calldata other) external pure;
    function assertEq(address[] calldata one, address[] calldata other) external pure;
    function assertNotEq(uint256 one, uint256 other) external pure;
    function assertNotEq(uint256 one, uint256 other, string calldata message) external pure;
    function assertNotEq(address one, address other) external pure;
    function assertNotEq(bytes32 one, bytes32 other) external pure;
    function assertLt(uint256 one, uint256 other) external pure;
    function assertLt(uint256 one, uint256 other, string calldata message) external pure;
    function assertLt(int256 one, int256 other) external pure;
    function assertLe(uint256 one, uint256 other) external pure;
    function assertLe(uint256 one, uint256 other, string calldata message) external pure;
    function assertGt(uint256 one, uint256 other) external pure;
    function assertGt(uint256 one, uint256 other, string calldata message) external pure;
    function assertGt(int256 one, int256 other) external pure;
    function assertGe(uint256 one, uint256 other) external pure;
    function assertGe(uint256 one, uint256 other, string calldata message) external pure;
    function assertGe(int256 one, int256 other) external pure;
    function assertGe(int256 one, int256 other, string calldata message) external pure;
    function assertApproxEqAbs(uint256 one, uint256 other, uint256 most) external pure;
}

/// @notice What every test has: the cheatcodes, numbers within bounds, and whom an invariant run calls.
abstract contract Test {
    /// @dev As forge reads it from `targetSelectors()`.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    // forge looks for this name.
    // forge-lint: disable-next-line(screaming-snake-case-const)
    bool public constant IS_TEST = true;

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address[] private _contracts;
    address[] private _excludedContracts;
    address[] private _senders;
    address[] private _excludedSenders;
    FuzzSelector[] private _selectors;

    // -- for forge: these names are its own

    function targetContracts() public view returns (address[] memory) {
        return _contracts;
    }

    function excludeContracts() public view returns (address[] memory) {
        return _excludedContracts;
    }

    function targetSenders() public view returns (address[] memory) {
        return _senders;
    }

    function excludeSenders() public view returns (address[] memory) {
        return _excludedSenders;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory) {
        return _selectors;
    }

    // -- for setUp

    function targetContract(address account) internal {
        _contracts.push(account);
    }

    function excludeContract(address account) internal {
        _excludedContracts.push(account);
    }

    function targetSender(address account) internal {
        _senders.push(account);
    }

    function excludeSender(address account) internal {
        _excludedSenders.push(account);
    }

    /// @dev Calls only these functions of a contract.
    function targetSelector(address account, bytes4[] memory selectors) internal {
        _selectors.push(FuzzSelector(account, selectors));
    }

    /// @dev A number from `least` to `most`, both included: itself when it lies there, else one that follows from it.
    /// The ends come up often, because forge likes numbers near 0 and near 2^256.
    function bound(uint256 value, uint256 least, uint256 most) internal pure returns (uint256) {
        require(least <= most, "bound: nothing in between");
        if (value >= least && value <= most) return value;
        uint256 size = most - least + 1;
        if (size == 0) return value;
        if (value <= 3 && size > value) return least + value;
        if (type(uint256).max - value <= 3 && size > type(uint256).max - value) {
            return most - (type(uint256).max - value);
        }
        return least + value % size;
    }
}
