binding.ModuleWrap = class ModuleWrap {};
binding.setInitializeImportMetaObjectCallback=()=>{};binding.setImportModuleDynamicallyCallback=()=>{};
