'use strict';
binding.isSea = () => false;
binding.isExperimentalSeaWarningNeeded = () => false;
binding.getAsset = () => undefined;
binding.getAssetKeys = () => [];
