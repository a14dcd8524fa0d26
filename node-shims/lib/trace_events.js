'use strict';
// Nothing is traced: no category is ever enabled.
const enabled = new Uint8Array(1);
binding.getEnabledCategories = () => undefined;
binding.setTraceCategoryStateUpdateHandler = () => {};
binding.getCategoryEnabledBuffer = () => enabled;
binding.isTraceCategoryEnabled = () => false;
binding.trace = () => {};
binding.available = false;
binding.CategorySet = class CategorySet { enable() {} disable() {} };
