// Builds only when warnings are not errors.
void has_a_warning() { int unused = 0; }
