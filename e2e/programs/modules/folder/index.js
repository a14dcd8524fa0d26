exports.from = 'folder';
