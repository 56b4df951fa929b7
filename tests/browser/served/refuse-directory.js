// As in a private window.
navigator.storage.getDirectory = () => Promise.reject(new DOMException("no", "SecurityError"));
