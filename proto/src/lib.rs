//! The schemas and nothing else: Rust types generated from the `.proto` files beside this crate. What the messages and fields
//! mean stands in the schemas themselves, which are a public contract for consumers in any language.

/// The events that travel through the queue.
pub mod events {
    /// Version 1.
    #[allow(
        missing_docs,
        clippy::all,
        clippy::allow_attributes_without_reason,
        reason = "generated; documented in the schemas"
    )]
    pub mod v1 {
        tonic::include_proto!("causeway.events.v1");
    }
}

/// The control service.
pub mod control {
    /// Version 1.
    #[allow(
        missing_docs,
        clippy::all,
        clippy::allow_attributes_without_reason,
        reason = "generated; documented in the schemas"
    )]
    pub mod v1 {
        tonic::include_proto!("causeway.control.v1");
    }
}

/// All schemas as a serialized `google.protobuf.FileDescriptorSet`, for gRPC reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
