'use strict';
// The kernel holds a process's rights; Node's own permission model is off.
binding.has = () => true;
