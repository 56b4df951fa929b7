// The product's own store, without its screens.
import { store } from "/static/tablet/store/store.js";

store.start();
window.store = store;
