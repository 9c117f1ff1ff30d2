'use strict';

module.exports = {
  ...require('./money'),
  ...require('./catalogue'),
  ...require('./search'),
  ...require('./cart'),
  ...require('./delivery'),
  ...require('./network'),
};
