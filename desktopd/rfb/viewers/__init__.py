"""Who watches: roles, what each may do, and what each holds down."""
