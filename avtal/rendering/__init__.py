"""What is shown: problems with their places, settlements, explanations, in Swedish and English."""
