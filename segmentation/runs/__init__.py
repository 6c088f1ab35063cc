"""What ran, for whom, how far, how it ended. The row is the truth; Celery is the door bell."""
