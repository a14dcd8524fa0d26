'use strict';
// No snapshot is ever being built.
binding.setSerializeCallback = () => {};
binding.setDeserializeCallback = () => {};
binding.setDeserializeMainFunction = () => {};
binding.isBuildingSnapshotBuffer = new Uint8Array(1);
binding.runEmbedderPreload = () => {};
binding.compileSerializeMain = () => { throw new Error('Snapshots cannot be built here'); };
binding.anonymousMainPath = '__node_anonymous_main';
