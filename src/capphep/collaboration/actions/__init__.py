"""What people write: comments, activities, and how they want to be told."""
