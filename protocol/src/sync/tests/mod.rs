mod damaged;
mod honest;
mod hostile;
mod world;
